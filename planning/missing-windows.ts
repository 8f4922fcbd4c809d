import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { seriesLimits } from '../config/catalog/providers.js';
import type { SeriesCoverage } from '../db/repositories/coverage/session-coverage.js';
import type { Asset } from '../db/repositories/read/active-assets.js';
import { failedBackfillSeries } from '../db/repositories/runs/failed-series.js';
import type { Window } from '../domain/bar.js';
import { countWaitingSlots, sessionsLeftOut } from '../domain/planning/due-slots.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { unaskedFrom } from '../domain/planning/series-limits.js';
import { DAY, type StoredTimeframe } from '../domain/timeframe.js';
import type { Backfill } from './backfill-request.js';
import { ASSETS_PER_READ, idsOf, type PlanClocks, readCoverages, seriesPlanInput } from './series-input.js';

/** The bars that a backfill should fill in. */
export type WantedBars = Pick<Backfill, 'assets' | 'timeframes' | 'range' | 'isDated' | 'reprocess'>;

/** The window of one request to a provider. */
export interface MissingWindow {
  asset: Asset;
  timeframe: StoredTimeframe;
  window: Window;
}

export interface MissingOfAsset {
  asset: Asset;
  /** One series after the other, each newest first. */
  windows: MissingWindow[];
  /** Slots that the provider left empty and whose next attempt is not due yet. */
  waiting: number;
}

/**
 * The requests that fill what is missing in a range, asset by asset. Between two assets, other work of the process gets its
 * turn. Sessions whose bars were changed other than by a load must have been recounted before.
 */
export async function* missingByAsset(
  pool: pg.Pool,
  wanted: WantedBars,
  clocks: PlanClocks,
): AsyncGenerator<MissingOfAsset> {
  const windowsOf = seriesPlanner(wanted, clocks);
  const { from } = wanted.range;
  // a session may begin on the day before
  const since = (oldest: number) => Math.max(from, oldest) - DAY;
  for (let i = 0; i < wanted.assets.length; i += ASSETS_PER_READ) {
    const some = wanted.assets.slice(i, i + ASSETS_PER_READ);
    const coverage = await readCoverages(pool, some, wanted.timeframes, clocks.now, since);
    const failed = wanted.reprocess === 'failed' ? await failedBackfillSeries(pool, idsOf(some)) : NONE;
    for (const asset of some) {
      const windows: MissingWindow[] = [];
      let waiting = 0;
      for (const timeframe of timeframesOf(asset)) {
        const known = coverage.get(timeframe)?.get(asset.id);
        if (!known) continue;
        const planned = windowsOf(asset, timeframe, known, failed.has(`${asset.id} ${timeframe}`));
        windows.push(...planned.windows.map((window) => ({ asset, timeframe, window })));
        waiting += planned.waiting;
      }
      yield { asset, windows, waiting };
      await setImmediate();
    }
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Plans one series after the other. Series that have never been requested are alike: each kind is planned once. */
function seriesPlanner({ range: { from, to }, isDated, reprocess }: WantedBars, clocks: PlanClocks) {
  const ofNewSeries = new Map<string, Window[]>();
  return (asset: Asset, timeframe: StoredTimeframe, known: SeriesCoverage, hasFailed: boolean) => {
    const onlyLeftOut = reprocess === 'failed' && !hasFailed;
    const isNew = known.sessions.size === 0 && known.beginsAt === null;
    if (isNew && onlyLeftOut) return { windows: [], waiting: 0 };
    const kind = `${asset.provider} ${asset.exchange} ${timeframe}`;
    const planned = isNew ? ofNewSeries.get(kind) : undefined;
    if (planned) return { windows: planned, waiting: 0 };
    const unasked = unaskedFrom(seriesLimits(asset.provider, timeframe), clocks.now);
    const range = { from: isDated ? from : Math.max(from, unasked), to };
    const series = seriesPlanInput(asset, timeframe, known, { range, asOf: clocks.now }, clocks);
    const windows = planWindows({
      ...series,
      refetch: reprocess === 'all',
      ...(reprocess === 'failed' && { wallNow: Number.POSITIVE_INFINITY }),
      ...(onlyLeftOut && { sessions: sessionsLeftOut(known.sessions) }),
    });
    if (isNew) ofNewSeries.set(kind, windows);
    return { windows, waiting: reprocess === 'missing' ? countWaitingSlots(series) : 0 };
  };
}
