import type pg from 'pg';
import type { HealPlanInput, Plan, PlannedRequest, StoredPayload } from '../contracts/activities.js';
import type { UpkeepScope } from '../contracts/workflows.js';
import { payloadsWithBarsAt } from '../db/repositories/upkeep/replayable-payloads.js';
import { unfilledSlots } from '../domain/planning/due-slots.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { MINUTE } from '../domain/timeframe.js';
import { requestFor } from './series-input.js';
import { pageOf, upkeepSeries } from './upkeep-series.js';

/** Live runs have this long after a bar's close to fetch it before heal does. ms. */
const LIVE_FIRST_MS = 45 * MINUTE;

/** Stored payloads that hold missing bars, newest first: heal loads them before it requests anything. */
export async function planReplay(pool: pg.Pool, clockOffsetMs: number, scope: UpkeepScope): Promise<StoredPayload[]> {
  const payloads: StoredPayload[] = [];
  for await (const { asset, timeframe, input } of upkeepSeries(pool, clockOffsetMs, scope)) {
    const times = unfilledSlots(input);
    if (times.length === 0) continue;
    const ids = await payloadsWithBarsAt(pool, { assetId: asset.id, timeframe }, times);
    payloads.push(...ids.map((payloadId) => ({ payloadId, assetId: asset.id, timeframe, rows: 0 })));
  }
  return payloads;
}

/** A page of the requests for what is missing and due, newest first. */
export async function planHeal(pool: pg.Pool, clockOffsetMs: number, input: HealPlanInput): Promise<Plan> {
  const requests: PlannedRequest[] = [];
  for await (const { asset, timeframe, input: series } of upkeepSeries(pool, clockOffsetMs, input)) {
    const windows = planWindows({
      ...series,
      leaveUnrequestedAfter: series.now - LIVE_FIRST_MS,
      wallNow: input.impatient ? Number.POSITIVE_INFINITY : series.wallNow,
    });
    requests.push(...windows.map((window) => requestFor(asset, timeframe, window)));
  }
  return pageOf(pool, clockOffsetMs, requests, input, 'nothing to request');
}
