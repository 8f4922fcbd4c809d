import type pg from 'pg';
import type { HealPlanInput, Plan, ReplayPlanInput, StoredPayload } from '../contracts/activities.js';
import { payloadsWithBarsAt } from '../db/repositories/upkeep/replayable-payloads.js';
import { unfilledSlots } from '../domain/planning/due-slots.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { MINUTE } from '../domain/timeframe.js';
import { afterTheClose } from './stand-in.js';
import { planPage, upkeepAssets } from './upkeep-series.js';

/** Live runs have this long after a bar's close to fetch it before heal does. ms. */
const LIVE_FIRST_MS = 45 * MINUTE;

/**
 * A page of the stored payloads that hold missing bars, of each series newest first: heal loads them before it requests
 * anything. A page with fewer than its limit is the last one.
 */
export async function planReplay(
  pool: pg.Pool,
  clockOffsetMs: number,
  input: ReplayPlanInput,
): Promise<StoredPayload[]> {
  const payloads: StoredPayload[] = [];
  for await (const { asset, series } of upkeepAssets(pool, clockOffsetMs, input)) {
    for (const { timeframe, input: one } of series) {
      const unfilled = unfilledSlots(one);
      if (unfilled === null) continue;
      const ids = await payloadsWithBarsAt(pool, { assetId: asset.id, timeframe }, unfilled);
      payloads.push(...ids.map((payloadId) => ({ payloadId, assetId: asset.id, timeframe, rows: 0 })));
    }
    if (payloads.length >= (input.limit ?? Number.POSITIVE_INFINITY)) break;
  }
  return payloads;
}

/** A page of the requests for what is missing and due, newest first. */
export async function planHeal(pool: pg.Pool, clockOffsetMs: number, input: HealPlanInput): Promise<Plan> {
  const windowsOf = (series: SeriesPlanInput, isStandBy: boolean) =>
    planWindows({
      ...(isStandBy ? afterTheClose(series) : series),
      leaveUnrequestedAfter: series.now - LIVE_FIRST_MS,
      wallNow: input.impatient ? Number.POSITIVE_INFINITY : series.wallNow,
    });
  return planPage(pool, clockOffsetMs, input, windowsOf, 'nothing to request');
}
