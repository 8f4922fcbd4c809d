import type pg from 'pg';
import type { Plan, PlannedRequest, VerifyPlanInput } from '../contracts/activities.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { sessionsToVerify } from '../domain/planning/verification.js';
import { requestFor } from './series-input.js';
import { pageOf, upkeepSeries } from './upkeep-series.js';

/** A page of the requests for stored sessions that are due for verification, newest first. */
export async function planVerify(pool: pg.Pool, clockOffsetMs: number, input: VerifyPlanInput): Promise<Plan> {
  const requests: PlannedRequest[] = [];
  for await (const { asset, timeframe, input: series } of upkeepSeries(pool, clockOffsetMs, input)) {
    const sessions = input.everything ? undefined : sessionsToVerify(series, clockOffsetMs);
    if (sessions?.size === 0) continue;
    const windows = planWindows({ ...series, sessions, refetch: true });
    requests.push(...windows.map((window) => requestFor(asset, timeframe, window)));
  }
  return pageOf(pool, clockOffsetMs, requests, input, 'nothing is due');
}
