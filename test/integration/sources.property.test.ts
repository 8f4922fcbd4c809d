import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type pg from 'pg';
import { AssetCatalog } from '../../api/assets/asset-catalog.js';
import type { LatestBar } from '../../db/repositories/read/bar-reader.js';
import { midnightOf, weekdayOf } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { INDICATOR_COLUMNS, storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { DAY, type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { endStateOf } from '../end-state.js';
import { allowSameAssets } from '../factories.js';
import {
  type GeneratedMarket,
  type GeneratedPayload,
  LATER_SOURCES,
  MARKETS,
  payloadsOf,
  writePayload,
  type WrittenPayload,
} from '../generated-payloads.js';
import { casesOf } from '../long-tests.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';
import { type Arriving, expectOfAll, ingestInOrder, newStores } from './order-fixture.js';

/** Of stocks, and of coins, in each part. */
const SETTINGS = { numRuns: casesOf(50, 10), seed: 20261130 };
const PARTS = Array.from({ length: casesOf(10, 1) }, (_, part) => part);
/** Each case is loaded in so many orders. */
const ORDERS = 2;

let api: ApiUnderTest;
let pool: pg.Pool;
beforeAll(async () => {
  api = await startApi();
  api.clock.now = Date.parse('2026-12-01T12:00:00Z');
  pool = api.pool;
  await allowSameAssets(pool);
});
afterAll(() => api.close());

type Name = keyof typeof MARKETS;
type Timeframe = keyof typeof TIMEFRAME_MS;

/** What two sources of an asset send, and the size of a page in which the bars are read. */
interface TwoSources {
  first: GeneratedPayload[];
  later: GeneratedPayload[];
  limit: number;
}
const twoSources = (name: Name): fc.Arbitrary<TwoSources> =>
  fc.record({
    first: payloadsOf(MARKETS[name], ORDERS),
    later: payloadsOf(LATER_SOURCES[name], ORDERS),
    limit: fc.integer({ min: 15, max: 60 }),
  });

const LIVE = { stocks: '1m', coins: '30m' } as const satisfies Record<Name, Timeframe>;

interface Bar extends Omit<LatestBar, 'referenceClose' | 'referenceSession'> {
  /** Rank of its source. */
  rank: number;
}
interface StoredBar extends Bar {
  timeframe: StoredTimeframe;
  /** Of its own source. */
  dailyReturn: number | null;
}

/** The timeframes that are read, and for those that the first source does not store, the one that they are aggregated from. */
const READ = {
  stocks: { '1m': null, '1d': null, '5m': '1m' },
  coins: { '1m': null, '30m': null, '4h': null, '1h': '30m' },
} as const satisfies Record<Name, Partial<Record<Timeframe, StoredTimeframe | null>>>;

describe(`what is served of two sources (fast-check, ${SETTINGS.numRuns} cases each, seed ${SETTINGS.seed})`, () => {
  describe.each(PARTS)('part %i', (part) => {
    it.each(['stocks', 'coins'] as const)(
      'of %s is for each slot the bar of the first that has one, whatever the order',
      (name) =>
        expectOfAll(twoSources(name), { ...SETTINGS, seed: SETTINGS.seed + part }, (cases) =>
          expectServed(name, cases),
        ),
    );
  });

  it('was of many kinds', async () => {
    const { rows } = await pool.query<Record<string, number>>(`
      with pair as (
        select a.id, s.id as later from assets a join assets s on s.source_of = a.id where a.symbol ~ '^A[0-9]'),
      shared as (
        select p.id, f.timeframe, f.time from pair p join bars f on f.asset_id = p.id
        join bars l on (l.asset_id, l.timeframe, l.time) = (p.later, f.timeframe, f.time))
      select (select count(distinct id)::int from shared) as overlapping,
        (select count(distinct b.asset_id)::int from bars b join pair p on p.later = b.asset_id
          where not exists (select 1 from bars f where (f.asset_id, f.timeframe, f.time) = (p.id, b.timeframe, b.time))) as filling,
        (select count(*)::int from bar_revisions join pair on later = asset_id) as corrected,
        (select count(*)::int from rejected_bars join pair on later = asset_id) as rejected,
        (select count(*)::int from bars join pair on later = asset_id where open_payload_id is not null) as "earlierOpens",
        (select count(*)::int from corporate_actions join pair on later = asset_id where kind = 'split') as splits`);
    expect(Object.entries(rows[0]!).filter(([, count]) => count < SETTINGS.numRuns / 10)).toEqual([]);
  });
});

async function expectServed(name: Name, cases: TwoSources[]): Promise<void> {
  const markets = [MARKETS[name], LATER_SOURCES[name]] as const;
  const answers = cases.map(({ first, later }) =>
    [first, later].map((payloads, s) => payloads.map((payload) => writePayload(markets[s]!, payload))),
  );
  const assetIds = await newStores(pool, markets[0], ORDERS * cases.length);
  const laterIds = await addSources(markets[1], assetIds);
  const arriving = [assetIds, laterIds].flatMap((stores, s) =>
    stores.map((assetId, n): Arriving => ({
      ...{ market: markets[s]!, assetId, order: n % ORDERS },
      answers: answers[Math.floor(n / ORDERS)]![s]!,
    })),
  );
  await ingestInOrder(pool, arriving);
  api.app.get(AssetCatalog).forget();

  const assets = await symbolsOf(assetIds);
  // it takes long: of each case in one of the orders
  const viewed = await readView(
    name,
    assets.filter((_, n) => isViewed(n)),
  );
  for (const [c, { limit }] of cases.entries()) {
    const sources = answers[c]!.map((payloads, s) => ({
      market: markets[s]!,
      bars: storedOf(markets[s]!, payloads, s + 1),
    }));
    const stored = sources.flatMap(({ bars }) => bars);
    const ofTimeframe = (timeframe: Timeframe) => stored.filter((bar) => bar.timeframe === timeframe);
    for (const [order, symbol] of assets.slice(ORDERS * c, ORDERS * (c + 1)).entries()) {
      const read = new Reader(name, symbol, limit);
      for (const [i, [timeframe, base]] of timeframesOf(name).entries()) {
        const served = servedOf(base ?? timeframe, sources);
        const expected = withIndicators(markets[0], base === null ? served : aggregated(served, timeframe));
        expectSame(await read.bars(timeframe), expected.map(withoutIndicators));
        if ((c + order + i) % ORDERS === 0) {
          expectSame(await read.pages('indicators', timeframe), expected.map(onlyIndicators));
        } else {
          expectSame(await read.pages('ohlcv', timeframe), expected.map(withoutIndicators));
        }
        // the view has bars as they are stored
        if (base === null && isViewed(ORDERS * c + order)) {
          expectSame(viewed.get(`${symbol} ${timeframe}`) ?? [], asViewed(markets[0], ofTimeframe(timeframe)));
        }
      }
      const newest = withIndicators(markets[0], merged(ofTimeframe(LIVE[name]))).at(-1);
      expect(await read.latest()).toEqual(newest ? withoutIndicators(newest) : null);
    }
  }
}

/** Whether the view is compared for the n-th asset: one order of each case. */
const isViewed = (n: number): boolean => n % ORDERS === Math.floor(n / ORDERS) % ORDERS;

const timeframesOf = (name: Name) => Object.entries(READ[name]) as [Timeframe, StoredTimeframe | null][];

async function symbolsOf(assetIds: number[]): Promise<string[]> {
  const { rows } = await pool.query<{ symbol: string }>(
    'select symbol from assets where id = any($1::int[]) order by id',
    [assetIds],
  );
  return rows.map(({ symbol }) => symbol);
}

/** Gives each asset its second source. @returns the ids of their rows */
async function addSources(market: GeneratedMarket, assetIds: number[]): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
      select symbol, name, kind, $2::provider, $3, exchange, currency, id, 2 from assets where id = any($1::int[]) order by id
      returning id`,
    [assetIds, market.provider, market.providerSymbol],
  );
  return rows.map(({ id }) => id);
}

function storedOf(market: GeneratedMarket, answers: WrittenPayload[], rank: number): StoredBar[] {
  const bars = endStateOf(market, answers).bars as unknown as (Omit<StoredBar, 'time'> & { time: Date })[];
  return bars.map((bar) => ({ ...bar, time: bar.time.getTime(), rank }));
}

/** For each time the bar of the lowest rank, ascending. */
function merged<T extends Bar>(bars: readonly T[]): T[] {
  const byTime = new Map(bars.toSorted((a, b) => b.rank - a.rank).map((bar) => [bar.time, bar]));
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** The served bars: a source that does not store the timeframe has aggregates of its shorter ones. */
const servedOf = (timeframe: Timeframe, sources: readonly { market: GeneratedMarket; bars: StoredBar[] }[]): Bar[] =>
  merged<Bar>(
    sources.flatMap(({ market, bars }) => {
      const isStored = market.series.some((series) => series.timeframe === timeframe);
      if (isStored) return bars.filter((bar) => bar.timeframe === timeframe);
      return aggregated(
        bars.filter((bar) => TIMEFRAME_MS[bar.timeframe] < TIMEFRAME_MS[timeframe]),
        timeframe,
      );
    }),
  );

/** Bars of a length that divides an hour of the market's clock; each is of the last source among those in it. */
function aggregated(bars: readonly Bar[], timeframe: Timeframe): Bar[] {
  const length = TIMEFRAME_MS[timeframe];
  return [...Map.groupBy(bars, ({ time }) => Math.floor(time / length) * length)].map(([time, all]) => ({
    time,
    session: all[0]!.session,
    open: all[0]!.open,
    high: Math.max(...all.map(({ high }) => high)),
    low: Math.min(...all.map(({ low }) => low)),
    close: all.at(-1)!.close,
    volume: all.some(({ volume }) => volume === null) ? null : all.reduce((sum, { volume }) => sum + volume!, 0),
    rank: Math.max(...all.map(({ rank }) => rank)),
  }));
}

interface ServedBar extends Bar, Record<IndicatorName, number | null> {}
type IndicatorName = (typeof INDICATOR_COLUMNS)[number];

function withIndicators({ exchange }: GeneratedMarket, bars: readonly Bar[]): ServedBar[] {
  const calendar = calendarOf(exchange);
  const columns = storedIndicators({
    closes: bars.map(({ close }) => close),
    sessions: bars.map(({ session }) => session),
    from: 0,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: null,
  });
  const ofBar = (i: number) => INDICATOR_COLUMNS.map((name) => [name, columns[name][i]!]);
  return bars.map((bar, i) => ({ ...bar, ...(Object.fromEntries(ofBar(i)) as Record<IndicatorName, number | null>) }));
}

const withoutIndicators = ({ time, open, high, low, close, volume, rank }: ServedBar) => ({
  ...{ time, open, high, low, close, volume, rank },
});
const onlyIndicators = ({ time, close, sma20, sma50, barReturn, dailyReturn, rank }: ServedBar) => ({
  ...{ time, close, sma20, sma50, barReturn, dailyReturn, rank },
});
/** PostgreSQL adds up in another order. */
const rounded = (bar: ServedBar) => ({
  ...withoutIndicators(bar),
  ...Object.fromEntries(INDICATOR_COLUMNS.map((name) => [name, bar[name] && Number(bar[name].toPrecision(9))])),
});

/**
 * What the view shows of stored bars. SQL knows no calendar: there is a daily return only if no weekday lies between the two
 * sessions, or a source has both.
 */
function asViewed(market: GeneratedMarket, stored: readonly StoredBar[]): object[] {
  const bars = withIndicators(market, merged(stored));
  return bars.map((bar) => {
    const before = bars.findLast(({ session }) => session < bar.session)?.session ?? bar.session;
    const has = stored.some(({ session, dailyReturn }) => session === bar.session && dailyReturn !== null);
    return rounded(has || isNextDay(market, before, bar.session) ? bar : { ...bar, dailyReturn: null });
  });
}

function isNextDay({ exchange }: GeneratedMarket, before: string, session: string): boolean {
  for (let day = midnightOf(before) + DAY; day < midnightOf(session); day += DAY)
    if (exchange === '24/7' || weekdayOf(day) < 6) return false;
  return true;
}

/** Like toEqual, but much faster. */
function expectSame(rows: readonly object[], expected: readonly object[]): void {
  if (!isDeepStrictEqual(rows, expected)) expect(rows).toEqual(expected);
}

/** What the SQL view shows of some assets, by symbol and timeframe. */
async function readView(name: Name, symbols: readonly string[]): Promise<Map<string, object[]>> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select symbol, timeframe, time, open, high, low, close, volume, sma_20 as "sma20", sma_50 as "sma50", bar_return as "barReturn",
      daily_return as "dailyReturn", source
    from ${name === 'stocks' ? 'stock_prices' : 'crypto_prices'} where symbol = any($1) order by time`,
    [symbols],
  );
  const bySeries = Map.groupBy(rows, ({ symbol, timeframe }) => `${String(symbol)} ${String(timeframe)}`);
  return new Map(
    [...bySeries].map(([key, all]) => [key, all.map((row) => rounded(ranked(name, row) as unknown as ServedBar))]),
  );
}

/** @param first rank of the first source that has the timeframe: the API does not name it in its bars */
function ranked(
  name: Name,
  { time, source, ...row }: Record<string, unknown>,
  first = 1,
): { time: number } & Record<string, unknown> {
  const isLater = source === LATER_SOURCES[name].provider;
  return { time: new Date(time as string).getTime(), ...row, rank: isLater ? 2 : first };
}

/** Reads what is served of an asset: with the rank of its source in each row. */
class Reader {
  readonly #path: string;

  constructor(
    private readonly name: Name,
    symbol: string,
    private readonly limit: number,
  ) {
    this.#path = `/api/${name === 'stocks' ? 'stocks' : 'crypto'}/${symbol}`;
  }

  async bars(timeframe: Timeframe): Promise<object[]> {
    return (await this.#rows(`ohlcv?timeframe=${timeframe}&limit=10000`)).rows;
  }

  /** All pages: of odd sizes from the newest bar, else from the oldest. */
  async pages(resource: 'ohlcv' | 'indicators', timeframe: Timeframe): Promise<object[]> {
    const query = `timeframe=${timeframe}&limit=${this.limit}${this.limit % 2 === 0 ? '&start=2026-01-01' : ''}`;
    const all: { time: number }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await this.#rows(`${resource}?${query}${cursor && `&cursor=${cursor}`}`);
      all.push(...page.rows);
      cursor = page.next;
    }
    return all.sort((a, b) => a.time - b.time);
  }

  async latest(): Promise<object | null> {
    const { json } = await api.get(`${this.#path}/latest`);
    if (!json.bar) return null;
    const { time, open, high, low, close, volume, rank } = ranked(this.name, json.bar as Record<string, unknown>);
    return { time, open, high, low, close, volume, rank };
  }

  async #rows(path: string): Promise<{ rows: { time: number }[]; next: string | null }> {
    const { status, json } = await api.get(`${this.#path}/${path}`);
    expect([status, json.detail]).toEqual([200, undefined]);
    const [first] = json.meta.sources as { rank: number }[];
    return { rows: json.bars.map((row) => ranked(this.name, row, first!.rank)), next: json.nextCursor };
  }
}
