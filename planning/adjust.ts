import type pg from 'pg';
import { ADJUST_AGAIN_AFTER_MS } from '../config/catalog/adjust-again-after.js';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import type { SingleRequest } from '../contracts/activities.js';
import { adjustWorkflowId } from '../contracts/workflow-ids.js';
import type { AdjustInput } from '../contracts/workflows.js';
import { readCoverage } from '../db/repositories/coverage/session-coverage.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { hasRunSince } from '../db/repositories/runs/runs.js';
import { utcDate } from '../domain/calendars/dates.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { BadInputError } from './bad-input.js';
import { BEGINNING, clocksNow, requestFor, seriesPlanInput } from './series-input.js';

/**
 * Requests for everything that the provider still has of an asset, daily bars first: they come with its splits.
 * @throws BadInputError if the asset is not active
 */
export async function planAdjust(
  pool: pg.Pool,
  clockOffsetMs: number,
  { assetId, symbol }: AdjustInput,
): Promise<SingleRequest[]> {
  const asset = (await activeAssets(pool)).find(({ id }) => id === assetId);
  if (!asset) throw new BadInputError(`no active asset ${symbol}`);
  const clocks = clocksNow(clockOffsetMs);
  const requests: SingleRequest[] = [];
  for (const timeframe of timeframesOf(asset)) {
    const known = (await readCoverage(pool, [assetId], timeframe, utcDate(BEGINNING))).get(assetId)!;
    if (known.firstBar === null) continue;
    const range = { from: known.firstBar, to: clocks.now };
    const series = seriesPlanInput(asset, timeframe, known, { range, asOf: clocks.now }, clocks);
    const windows = planWindows({ ...series, refetch: true });
    requests.unshift(...windows.map((window) => requestFor(asset, timeframe, window)));
  }
  return requests;
}

/**
 * Those of some assets that a workflow should start AdjustWorkflow for. Leaves out assets that are not active, and those
 * whose adjustment is running or recently failed or changed nothing.
 */
export async function assetsDueForAdjustment(pool: pg.Pool, assetIds: Iterable<number>): Promise<AdjustInput[]> {
  const wanted = new Set(assetIds);
  if (wanted.size === 0) return [];
  const since = new Date(Date.now() - ADJUST_AGAIN_AFTER_MS);
  const due: AdjustInput[] = [];
  for (const { id, symbol, provider, sourceOf } of await activeAssets(pool)) {
    const input: AdjustInput = { assetId: id, symbol, ...(sourceOf !== null && { source: provider }) };
    if (!wanted.has(id) || (await hasRunSince(pool, adjustWorkflowId(input), since))) continue;
    due.push(input);
  }
  return due;
}
