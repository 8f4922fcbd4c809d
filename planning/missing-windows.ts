import type pg from 'pg';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { seriesLimits, timeframesOf } from '../config/catalog/providers.js';
import type { Window } from '../domain/bar.js';
import { calendarOf } from '../domain/calendars/index.js';
import { utcDate } from '../domain/calendars/dates.js';
import { countWaitingSlots } from '../domain/planning/due-slots.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import type { Asset } from '../db/repositories/read/assets.js';
import { readCoverage, recountDirty, type SeriesCoverage } from '../db/repositories/coverage/coverage.js';

/** Before any provider's history. */
export const BEGINNING = Date.UTC(1970, 0, 1);

/** What a plan goes by, epoch ms: the market clock, and the wall clock. */
export interface PlanClocks {
  now: number;
  wallNow: number;
}

/** A series as the planner sees it. @param asOf only bars that are final by then are asked for (market clock) */
export const seriesPlanInput = (
  asset: Asset,
  timeframe: StoredTimeframe,
  known: SeriesCoverage,
  { range, asOf }: { range: Window; asOf: number },
  clocks: PlanClocks,
): SeriesPlanInput => ({
  calendar: calendarOf(asset.exchange),
  timeframe,
  limits: seriesLimits(asset.provider, timeframe),
  delayMs: EXCHANGES[asset.exchange].delayMs,
  coverage: known.sessions,
  beginsAt: known.beginsAt,
  range,
  asOf,
  ...clocks,
});

export interface WantedBars {
  assets: Asset[];
  /** Default all that the asset's provider has. */
  timeframes?: readonly StoredTimeframe[] | undefined;
  /** Bar opens, half-open, epoch ms, market clock. */
  range: Window;
  /** Also those that are stored. */
  refetch?: boolean | undefined;
}

/** One request to a provider. */
export interface MissingWindow {
  asset: Asset;
  timeframe: StoredTimeframe;
  window: Window;
}

/**
 * The requests that fill what is missing of a range, a series after the other, each newest first. Sessions whose bars
 * were changed other than by a load are counted anew before.
 * @returns `waiting`: slots that the provider left empty and that are not due to be asked for again yet
 */
export async function planMissing(
  pool: pg.Pool,
  { assets, timeframes, range, refetch }: WantedBars,
  clocks: PlanClocks,
): Promise<{ windows: MissingWindow[]; waiting: number }> {
  await recountDirty(pool);
  const windows: MissingWindow[] = [];
  let waiting = 0;
  for (const [provider, ofProvider] of Map.groupBy(assets, (asset) => asset.provider)) {
    const ids = ofProvider.map((asset) => asset.id);
    for (const timeframe of timeframesOf(provider)) {
      if (timeframes && !timeframes.includes(timeframe)) continue;
      const coverage = await readCoverage(pool, ids, timeframe, utcDate(range.from));
      for (const asset of ofProvider) {
        const known = coverage.get(asset.id)!;
        const series = seriesPlanInput(asset, timeframe, known, { range, asOf: clocks.now }, clocks);
        const planned = planWindows(refetch ? { ...series, refetch } : series);
        windows.push(...planned.map((window) => ({ asset, timeframe, window })));
        waiting += countWaitingSlots(series);
      }
    }
  }
  return { windows, waiting };
}
