import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type pg from 'pg';
import { batchOfPayload } from '../activities/batch-of-payload.js';
import type { NewBatch } from '../db/repositories/load/write-batch.js';
import type { BarColumns } from '../domain/bar.js';
import { emptyColumns } from '../domain/bar.js';
import { calendarOf } from '../domain/calendars/index.js';
import { storedIndicators } from '../domain/indicators/stored-indicators.js';
import { neighbourWarnings } from '../domain/rules/neighbour-rules.js';
import { type StoredTimeframe, TIMEFRAME_MS } from '../domain/timeframe.js';
import { createProviders } from '../providers/index.js';
import type { GeneratedMarket, WrittenPayload } from './generated-payloads.js';

/**
 * What must be stored of an asset once all its payloads are loaded: each action and price as in the latest payload (of
 * two fetched at the same time, the one with the greater sha256), and each slot as covered by any payload. So is each bar, but
 * for its open, which is from the latest payload that knows it, unless the range of a later one excludes it.
 */
export interface EndState {
  bars: Record<string, unknown>[];
  warnings: Record<string, unknown>[];
  coverage: Record<string, unknown>[];
  actions: Record<string, unknown>[];
  series: Record<string, unknown>[];
  quote: Record<string, unknown> | null;
  /** For each bar, the sha256 of all payloads that contain its values, and its open. Which one is stored depends on the order. */
  sources: Record<'values' | 'open', string[]>[];
}

interface ReadPayload {
  timeframe: StoredTimeframe;
  fetchedAt: number;
  sha256: string;
  batch: NewBatch;
}

const providers = createProviders({});

function read(market: GeneratedMarket, { timeframe, window, fetchedAt, body }: WrittenPayload): ReadPayload {
  const payload = { id: 0, assetId: 0, symbol: market.providerSymbol, released: [], timeframe, fetchedAt, body };
  const requested = { windowFrom: window.from, windowTo: window.to };
  const batch = batchOfPayload({ ...market, ...payload, ...requested }, providers[market.provider], 0);
  return { timeframe, fetchedAt, sha256: createHash('sha256').update(body).digest('hex'), batch };
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));
const byTime = (a: ReadPayload, b: ReadPayload): number => a.fetchedAt - b.fetchedAt || compare(a.sha256, b.sha256);

/** The expected end state, computed from the payloads alone. */
export function endStateOf(market: GeneratedMarket, worded: WrittenPayload[]): EndState {
  const payloads = worded.map((payload) => read(market, payload)).sort(byTime);
  const series = market.series
    .map(({ timeframe }) => ({ timeframe, payloads: payloads.filter((payload) => payload.timeframe === timeframe) }))
    .filter((each) => each.payloads.length > 0);
  const bars = series.map((each) => latestBars(each.payloads));
  return {
    bars: series.flatMap(({ timeframe }, i) => barRows(market, timeframe, bars[i]!)),
    warnings: series.flatMap(({ timeframe }, i) => warningRows(timeframe, bars[i]!)),
    coverage: series.flatMap(({ timeframe, payloads: all }) => coverageRows(timeframe, all)),
    actions: latestActions(payloads),
    series: series.map(({ timeframe, payloads: all }, i) => {
      const firstBar = bars[i]!.time[0] ?? null;
      const beginsAt = Math.min(...all.map(({ batch }) => batch.beginsAt ?? Infinity));
      return {
        timeframe,
        firstBar: asDate(firstBar),
        beginsAt: beginsAt === firstBar ? asDate(beginsAt) : null,
        newestFetch: asDate(all.at(-1)!.fetchedAt),
      };
    }),
    quote: latestQuote(payloads),
    sources: series.flatMap(({ payloads: all }, i) => bars[i]!.time.map((_, bar) => sourcesOf(all, bars[i]!, bar))),
  };
}

const asDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

const COLUMNS = Object.keys(emptyColumns()) as (keyof BarColumns)[];

const knowsOpen = ({ batch }: ReadPayload, at: number): boolean =>
  !batch.repaired.some(({ time }) => time === batch.bars.time[at]);

function latestBars(payloads: ReadPayload[]): BarColumns {
  const answers = Map.groupBy(
    payloads.flatMap((payload) => payload.batch.bars.time.map((time, at) => ({ time, payload, at }))),
    ({ time }) => time,
  );
  const columns = emptyColumns();
  for (const time of [...answers.keys()].sort((a, b) => a - b)) {
    const all = answers.get(time)!;
    const { payload: latest, at } = all.at(-1)!;
    for (const name of COLUMNS) (columns[name] as unknown[]).push(latest.batch.bars[name][at]);
    const known = all.findLastIndex((one) => knowsOpen(one.payload, one.at));
    if (known < 0) continue;
    const open = all[known]!.payload.batch.bars.open[all[known]!.at]!;
    const isExcluded = all
      .slice(known + 1)
      .some(({ payload: { batch }, at: i }) => open < batch.bars.low[i]! || open > batch.bars.high[i]!);
    if (!isExcluded) columns.open[columns.open.length - 1] = open;
  }
  return columns;
}

/** A bar with a stand-in for its open is of a payload that does not know it. */
function sourcesOf(payloads: ReadPayload[], bars: BarColumns, i: number): EndState['sources'][number] {
  const own = payloads.flatMap((payload) => {
    const at = payload.batch.bars.time.indexOf(bars.time[i]!);
    return at < 0 ? [] : [{ sha256: payload.sha256, bars: payload.batch.bars, at, knows: knowsOpen(payload, at) }];
  });
  const hashes = (found: typeof own) => found.map(({ sha256 }) => sha256);
  const equal = (name: keyof BarColumns) => (one: (typeof own)[number]) => one.bars[name][one.at] === bars[name][i];
  const values = own.filter((one) => COLUMNS.every((name) => name === 'open' || equal(name)(one)));
  const unknown = hashes(values.filter(({ knows }) => !knows));
  return {
    values: hashes(values),
    open: [...hashes(own.filter((one) => one.knows && equal('open')(one))), ...unknown],
  };
}

function barRows({ exchange }: GeneratedMarket, timeframe: StoredTimeframe, bars: BarColumns): EndState['bars'] {
  const calendar = calendarOf(exchange);
  const indicators = storedIndicators({
    closes: bars.close,
    sessions: bars.session,
    from: 0,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: null,
  });
  return bars.time.map((time, i) => ({
    timeframe,
    time: asDate(time),
    session: bars.session[i],
    open: bars.open[i],
    high: bars.high[i],
    low: bars.low[i],
    close: bars.close[i],
    volume: bars.volume[i],
    sma20: indicators.sma20[i],
    sma50: indicators.sma50[i],
    barReturn: indicators.barReturn[i],
    dailyReturn: indicators.dailyReturn[i],
  }));
}

const warningRows = (timeframe: StoredTimeframe, bars: BarColumns): EndState['warnings'] =>
  neighbourWarnings(bars, TIMEFRAME_MS[timeframe])
    .map(({ time, session, rule, details }) => ({ timeframe, time: new Date(time), session, rule, details }))
    .sort((a, b) => a.time.getTime() - b.time.getTime() || compare(a.rule, b.rule));

const either = (a: string, b: string): string => a.replace(/0/g, (_, i: number) => b[i]!);

function coverageRows(timeframe: StoredTimeframe, payloads: ReadPayload[]): EndState['coverage'] {
  const sessions = new Map<string, { answered: string; filled: string; empty: string; verifiedAt: Date | null }>();
  for (const { batch, fetchedAt } of payloads) {
    for (const { session, answered, filled, empty } of batch.coverage) {
      const before = sessions.get(session) ?? { answered, filled, empty, verifiedAt: null };
      sessions.set(session, {
        answered: either(before.answered, answered),
        filled: either(before.filled, filled),
        empty: either(before.empty, empty),
        verifiedAt: answered.includes('0') ? before.verifiedAt : new Date(fetchedAt),
      });
    }
  }
  return [...sessions]
    .sort(([a], [b]) => compare(a, b))
    .map(([session, { answered, filled, empty, verifiedAt }]) => {
      const open = [...answered].filter((bit, i) => bit === '1' && filled[i] === '0').length;
      const halfFilled = 2 * [...filled].filter((bit) => bit === '1').length >= filled.length;
      const confirmed = halfFilled ? [...empty].filter((bit, i) => bit === '1' && filled[i] === '0').length : 0;
      const pending = open - confirmed;
      return { timeframe, session, answered, filled, empty, confirmed, pending, verifiedAt, isPending: pending > 0 };
    });
}

function latestActions(payloads: ReadPayload[]): EndState['actions'] {
  const actions = new Map<string, EndState['actions'][0]>();
  for (const { batch, sha256 } of payloads) {
    for (const { kind, session, amount = null, numerator = null, denominator = null, endsAt } of batch.actions) {
      const isSplit = kind === 'split'; // long ago: all payloads are at the level after it
      const levelSince = isSplit ? new Date(endsAt) : null;
      actions.set(`${kind} ${session}`, { kind, session, amount, numerator, denominator, levelSince, isSplit, sha256 });
    }
  }
  return [...actions].sort(([a], [b]) => compare(a, b)).map(([, action]) => action);
}

function latestQuote(payloads: ReadPayload[]): EndState['quote'] {
  const [latest] = payloads
    .flatMap(({ batch: { quote }, fetchedAt }) => (quote ? [{ ...quote, fetchedAt }] : []))
    .sort((a, b) => b.time - a.time || b.fetchedAt - a.fetchedAt || b.price - a.price);
  if (!latest) return null;
  const { price, currency, time, fetchedAt } = latest;
  return { price, currency, time: new Date(time), fetchedAt: new Date(fetchedAt) };
}

/** The stored states of assets, in the order of their ids. */
export async function storedEndStates(pool: pg.Pool, assetIds: number[]): Promise<EndState[]> {
  const tables = await Promise.all(
    [
      `select b.asset_id, b.timeframe, b.time, b.session::text, b.open, b.high, b.low, b.close, b.volume, b.sma_20 as "sma20",
        b.sma_50 as "sma50", b.bar_return as "barReturn", b.daily_return as "dailyReturn",
        encode(p.sha256, 'hex') as sha256, encode(o.sha256, 'hex') as "openSha256"
      from bars b left join raw_payloads p on p.id = b.payload_id and p.fetched_at = b.fetched_at
      left join raw_payloads o on o.id = coalesce(b.open_payload_id, b.payload_id) where b.asset_id = any($1::int[]) order by b.timeframe, b.time`,
      `select asset_id, timeframe, time, session::text, rule, details from bar_warnings where asset_id = any($1::int[])
      order by timeframe, time, rule collate "C"`,
      `select asset_id, timeframe, session::text, answered_slots::text as answered, filled_slots::text as filled,
        empty_slots::text as empty, empty as confirmed, pending, verified_at as "verifiedAt",
        next_attempt_at is not null and attempts > 0 as "isPending"
      from coverage where asset_id = any($1::int[]) and not dirty and expected = length(answered_slots) and not as_usual
        and bit_count(lost_slots | corrupt_slots) = 0
      order by timeframe, session`,
      `select c.asset_id, c.kind, c.session::text, c.amount, c.numerator, c.denominator, c.level_since as "levelSince",
        c.applied_at is not null as "isSplit", encode(p.sha256, 'hex') as sha256
      from corporate_actions c join raw_payloads p on p.id = c.payload_id where c.asset_id = any($1::int[])
      order by c.kind, c.session`,
      `select asset_id, timeframe, first_bar as "firstBar", begins_at as "beginsAt", newest_fetch as "newestFetch"
      from series where asset_id = any($1::int[]) order by timeframe`,
      `select asset_id, price, currency, time, fetched_at as "fetchedAt" from quotes where asset_id = any($1::int[])`,
    ].map(async (statement) => (await pool.query<Record<string, unknown>>(statement, [assetIds])).rows),
  );
  return assetIds.map((assetId) => {
    const [bars, warnings, coverage, actions, series, quotes] = tables.map((rows) =>
      rows.filter((row) => row.asset_id === assetId).map(({ asset_id: _, ...row }) => row),
    ) as [
      EndState['bars'],
      EndState['warnings'],
      EndState['coverage'],
      EndState['actions'],
      EndState['series'],
      [EndState['quote']?],
    ];
    const sources = bars.map((bar) => ({ values: [bar.sha256 as string], open: [bar.openSha256 as string] }));
    return {
      bars: bars.map(({ sha256: _, openSha256: __, ...bar }) => bar),
      warnings,
      coverage,
      actions,
      series,
      quote: quotes[0] ?? null,
      sources,
    };
  });
}

/** Like toEqual, but much faster. The payloads stored with each bar must be among its possible sources. */
export function expectEndStates(stored: EndState[], expected: EndState[]): void {
  expect(stored).toHaveLength(expected.length);
  stored.forEach(({ sources, ...state }, i) => {
    const { sources: possible, ...end } = expected[i]!;
    if (!isDeepStrictEqual(state, end)) expect(state).toEqual(end);
    const isPossible = ({ values, open }: EndState['sources'][number], bar: number) =>
      possible[bar]!.values.includes(values[0]!) && possible[bar]!.open.includes(open[0]!);
    expect(sources.filter((source, bar) => !isPossible(source, bar))).toEqual([]);
  });
}
