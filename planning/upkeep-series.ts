import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { seriesLimits } from '../config/catalog/providers.js';
import type { HealPlanInput, Plan, PlannedRequest } from '../contracts/activities.js';
import type { UpkeepScope } from '../contracts/workflows.js';
import { type Asset, assetProblems } from '../db/repositories/read/active-assets.js';
import type { Window } from '../domain/bar.js';
import { knownUpTo } from '../domain/calendars/calendar.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { unaskedFrom } from '../domain/planning/series-limits.js';
import { DAY, type StoredTimeframe } from '../domain/timeframe.js';
import { planProbes } from './outages.js';
import { isStandBy } from './stand-in.js';
import {
  ASSETS_PER_READ,
  BEGINNING,
  clocksNow,
  findAssets,
  readCoverages,
  requestFor,
  seriesPlanInput,
} from './series-input.js';

const YEAR = 365 * DAY;

export interface UpkeepSeries {
  timeframe: StoredTimeframe;
  input: SeriesPlanInput;
}

/**
 * The assets of a scope in the order of their ids, each with its series, which go from their first bar on; a series without
 * bars, as far back as bars are fetched unasked. Every asset has a turn of the event loop of its own, however many there are.
 * @param after id of the last asset to leave out
 * @throws BadInputError on an unknown symbol
 */
export async function* upkeepAssets(
  pool: pg.Pool,
  clockOffsetMs: number,
  { symbols, timeframes, after = 0 }: UpkeepScope & { after?: number | undefined },
): AsyncGenerator<{ asset: Asset; series: UpkeepSeries[] }> {
  const assets = (await findAssets(pool, { symbols })).filter(({ id }) => id > after);
  const { now } = clocksNow(clockOffsetMs);
  await buildCalendars(assets, now);
  for (let i = 0; i < assets.length; i += ASSETS_PER_READ) {
    const some = assets.slice(i, i + ASSETS_PER_READ);
    const coverage = await readCoverages(pool, some, timeframes, now, () => BEGINNING);
    for (const asset of some) {
      await setImmediate();
      const series = timeframesOf(asset).flatMap((timeframe): UpkeepSeries[] => {
        const known = coverage.get(timeframe)?.get(asset.id);
        if (!known) return [];
        const oldest = Math.max(BEGINNING, unaskedFrom(seriesLimits(asset.provider, timeframe), now));
        const range = { from: known.firstBar ?? oldest, to: now };
        const input = seriesPlanInput(asset, timeframe, known, { range, asOf: now }, clocksNow(clockOffsetMs));
        return [{ timeframe, input: { ...input, beginsAt: known.firstBar ?? known.beginsAt } }];
      });
      yield { asset, series };
    }
  }
}

/** Has calendars build their sessions, which they keep, a year per turn: some go back sixty years. */
async function buildCalendars(assets: Asset[], now: number): Promise<void> {
  for (const exchange of new Set(assets.map((asset) => asset.exchange))) {
    const calendar = calendarOf(exchange);
    const until = knownUpTo(calendar, now);
    for (let from = BEGINNING; from < until; from += YEAR) {
      calendar.sessionsBetween(from, Math.min(from + YEAR, until));
      await setImmediate();
    }
  }
}

/**
 * A page of the requests, newest first: those of the next assets, until there are as many as the limit.
 * @param windowsOf the windows to request of a series; of one that is a stand-by, only of sessions that are over
 * @param nothing why there are none, if there are none
 */
export async function planPage(
  pool: pg.Pool,
  clockOffsetMs: number,
  input: Pick<HealPlanInput, 'limit' | 'after' | 'symbols' | 'timeframes'>,
  windowsOf: (series: SeriesPlanInput, isStandBy: boolean) => Window[],
  nothing: string,
): Promise<Plan> {
  const { limit = Number.POSITIVE_INFINITY, after, symbols } = input;
  const requests: PlannedRequest[] = [];
  let last: number | undefined;
  let next: number | undefined;
  for await (const { asset, series } of upkeepAssets(pool, clockOffsetMs, input)) {
    const own = series.flatMap(({ timeframe, input: one }) =>
      windowsOf(one, isStandBy(asset, timeframe)).map((window) => requestFor(asset, timeframe, window)),
    );
    if (own.length === 0) continue;
    if (last !== undefined && requests.length + own.length > limit) {
      next = last;
      break;
    }
    requests.push(...own);
    last = asset.id;
  }
  return {
    requests: requests.sort((a, b) => endOf(b) - endOf(a)),
    skipped: requests.length === 0 ? nothing : null,
    ...(next === undefined ? { more: false } : { more: true, next }),
    waiting: 0,
    ...(await planProbes(pool, clocksNow(clockOffsetMs).now)),
    problems: after === undefined ? await assetProblems(pool, { symbols }) : [],
  };
}

const endOf = (planned: PlannedRequest): number => (planned.kind === 'quotes' ? 0 : planned.window.to);
