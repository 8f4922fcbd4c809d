import { PIPELINES } from '../config/catalog/schedules.js';
import { bulkSecondsPerRequest } from '../config/rates.js';
import type {
  BackfillCountInput,
  BackfillPlan,
  BackfillPlanInput,
  HealPlanInput,
  LivePlanInput,
  Plan,
  ReplayPlanInput,
  VerifyPlanInput,
} from '../contracts/activities.js';
import type { BackfillCount } from '../contracts/queries.js';
import type { AdjustInput } from '../contracts/workflows.js';
import { planAdjust } from '../planning/adjust.js';
import { planBackfill } from '../planning/backfill.js';
import { countBackfill } from '../planning/backfill-count.js';
import { readBackfillInput, resolveBackfill } from '../planning/backfill-request.js';
import { pauseGone } from '../planning/pause-gone.js';
import { planHeal, planReplay } from '../planning/heal.js';
import { planLive } from '../planning/live.js';
import { clocksNow } from '../planning/series-input.js';
import { planVerify } from '../planning/verify.js';
import type { Deps } from './deps.js';

/** Which requests a run should send; see planning/. */
export const planActivities = ({
  pool,
  clockOffsetMs,
  rates,
  logger,
}: Pick<Deps, 'pool' | 'clockOffsetMs' | 'rates' | 'logger'>) => ({
  /** Assets that their provider no longer has are paused first: nothing more is requested of them. */
  async planLive(input: LivePlanInput): Promise<Plan> {
    const isPage = input.assetIds !== undefined;
    const paused = isPage ? [] : await pauseGone(pool, PIPELINES[input.pipeline].provider);
    for (const words of paused) logger.warn({ pipeline: input.pipeline }, words);
    const plan = await planLive({ pool, clockOffsetMs, rates }, input);
    if (plan.isSpaced) logger.warn({ pipeline: input.pipeline }, plan.skipped!);
    return plan;
  },
  async planBackfill(input: BackfillPlanInput): Promise<BackfillPlan> {
    const plan = await planBackfill(pool, clockOffsetMs, input);
    const providers = new Set(plan.requests.map(({ provider }) => provider));
    const secondsPerRequest = Object.fromEntries([...providers].map((id) => [id, bulkSecondsPerRequest(rates[id])]));
    return { ...plan, secondsPerRequest };
  },
  /** Counts the requests of a backfill before it begins. @throws BadFieldsError on an input that cannot be carried out */
  async countBackfill({ asked }: BackfillCountInput): Promise<BackfillCount> {
    const clocks = clocksNow(clockOffsetMs);
    const backfill = await resolveBackfill(pool, readBackfillInput(asked), clocks.now);
    return (await countBackfill(pool, backfill, clocks, rates)).count;
  },
  planReplay: (input: ReplayPlanInput) => planReplay(pool, clockOffsetMs, input),
  planHeal: (input: HealPlanInput) => planHeal(pool, clockOffsetMs, input),
  planVerify: (input: VerifyPlanInput) => planVerify(pool, clockOffsetMs, input),
  planAdjust: (input: AdjustInput) => planAdjust(pool, clockOffsetMs, input),
});
