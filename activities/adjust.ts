import { timeframesOf } from '../config/catalog/providers.js';
import { type Asset, activeAssets } from '../db/repositories/read/active-assets.js';
import { readCoverage } from '../db/repositories/coverage/session-coverage.js';
import { hasRunSince } from '../db/repositories/runs/runs.js';
import { applySplits, type AppliedSplits } from '../db/repositories/load/apply-splits.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { MINUTE } from '../domain/timeframe.js';
import { type AdjustInput, WORKFLOWS } from '../contracts/workflows.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import type { Deps } from './deps.js';
import { BEGINNING, isoDate, request, seriesInput } from '../planning/series-input.js';
import { startOnce } from './start-once.js';
import type { ApplyInput, PlannedRequest } from '../contracts/activities.js';

/** An asset whose prices moved to another level without a split is looked at again after this. */
const AGAIN_AFTER_MS = 30 * MINUTE;

export const adjustActivities = ({ pool, clockOffsetMs }: Pick<Deps, 'pool' | 'clockOffsetMs'>) => ({
  /** Requests for all that the provider still has of an asset, daily bars first: they come with its splits. */
  async planAdjust({ assetId }: AdjustInput): Promise<PlannedRequest[]> {
    const asset = await assetOf(pool, assetId);
    const now = Date.now() + clockOffsetMs;
    const requests: PlannedRequest[] = [];
    for (const timeframe of timeframesOf(asset.provider)) {
      const known = (await readCoverage(pool, [assetId], timeframe, isoDate(BEGINNING))).get(assetId)!;
      if (known.firstBar === null) continue;
      const input = seriesInput(clockOffsetMs, asset, timeframe, known, { from: known.firstBar, to: now }, now);
      const windows = planWindows({ ...input, refetch: true });
      requests.unshift(...windows.map((window) => request(asset, timeframe, window)));
    }
    return requests;
  },

  /** Applies the splits that are known and not applied, in one transaction; 0 splits where there are none. */
  async applySplits({ run, assetId, batchIds }: ApplyInput): Promise<AppliedSplits> {
    return applySplits(pool, assetId, batchIds, run.runId);
  },
});

async function assetOf(pool: Deps['pool'], assetId: number): Promise<Asset> {
  const asset = (await activeAssets(pool)).find(({ id }) => id === assetId);
  if (!asset) throw new RangeError(`no active asset ${assetId}`);
  return asset;
}

/** Starts the workflow that brings an asset to its new price level, unless it is at it, or just found nothing to apply. */
export async function startAdjusting({ pool, client }: Pick<Deps, 'pool' | 'client'>, assetId: number): Promise<void> {
  const { symbol } = await assetOf(pool, assetId);
  const workflowId = `adjust_splits-${symbol}`;
  if (await hasRunSince(pool, workflowId, new Date(Date.now() - AGAIN_AFTER_MS))) return;
  const input: AdjustInput = { assetId, symbol };
  await startOnce(client, WORKFLOWS.adjust, workflowId, PIPELINE_QUEUE, input);
}
