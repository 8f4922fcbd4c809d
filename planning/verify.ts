import type pg from 'pg';
import type { Plan, VerifyPlanInput } from '../contracts/activities.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { planWindows } from '../domain/planning/plan-windows.js';
import { sessionsToVerify } from '../domain/planning/verification.js';
import { planPage } from './upkeep-series.js';

/** A page of the requests for stored sessions that are due for verification, newest first. */
export async function planVerify(pool: pg.Pool, clockOffsetMs: number, input: VerifyPlanInput): Promise<Plan> {
  const windowsOf = (series: SeriesPlanInput) => {
    const sessions = input.everything ? undefined : sessionsToVerify(series, clockOffsetMs);
    return sessions?.size === 0 ? [] : planWindows({ ...series, sessions, refetch: true });
  };
  return planPage(pool, clockOffsetMs, input, windowsOf, 'nothing is due');
}
