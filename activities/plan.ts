import type { BackfillPlanInput, HealPlanInput, LivePlanInput, VerifyPlanInput } from '../contracts/activities.js';
import type { AdjustInput, UpkeepScope } from '../contracts/workflows.js';
import { planAdjust } from '../planning/adjust.js';
import { planBackfill } from '../planning/backfill.js';
import { planHeal, planReplay } from '../planning/heal.js';
import { planLive } from '../planning/live.js';
import { planVerify } from '../planning/verify.js';
import type { Deps } from './deps.js';

/** Which requests a run should send; see planning/. */
export const planActivities = ({ pool, clockOffsetMs }: Pick<Deps, 'pool' | 'clockOffsetMs'>) => ({
  planLive: (input: LivePlanInput) => planLive(pool, clockOffsetMs, input),
  planBackfill: (input: BackfillPlanInput) => planBackfill(pool, clockOffsetMs, input),
  planReplay: (scope: UpkeepScope) => planReplay(pool, clockOffsetMs, scope),
  planHeal: (input: HealPlanInput) => planHeal(pool, clockOffsetMs, input),
  planVerify: (input: VerifyPlanInput) => planVerify(pool, clockOffsetMs, input),
  planAdjust: (input: AdjustInput) => planAdjust(pool, clockOffsetMs, input),
});
