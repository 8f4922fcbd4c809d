import type pg from 'pg';
import { timeframesOf } from '../config/catalog/providers.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { readCoverage } from '../db/repositories/coverage/session-coverage.js';
import type { Asset } from '../db/repositories/read/active-assets.js';
import type { Window } from '../domain/bar.js';
import { utcDate } from '../domain/calendars/dates.js';
import { countWaitingSlots } from '../domain/planning/due-slots.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { idsOf, type PlanClocks, seriesPlanInput } from './series-input.js';

/** The bars that a backfill should fill in. */
export interface WantedBars {
  assets: Asset[];
  /** Default: all timeframes that the asset's provider has. */
  timeframes?: readonly StoredTimeframe[] | undefined;
  /** Bar opens, half-open, epoch ms, market clock. */
  range: Window;
  /** Includes bars that are stored. */
  refetch?: boolean | undefined;
}

/** The window of one request to a provider. */
export interface MissingWindow {
  asset: Asset;
  timeframe: StoredTimeframe;
  window: Window;
}

/**
 * The requests that fill what is missing in a range, one series after the other, each newest first. First recounts the
 * sessions whose bars were changed other than by a load.
 * @returns `waiting`: slots that the provider left empty and whose next attempt is not due yet
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
    for (const timeframe of timeframesOf(provider)) {
      if (timeframes && !timeframes.includes(timeframe)) continue;
      const coverage = await readCoverage(pool, idsOf(ofProvider), timeframe, utcDate(range.from));
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
