import { workflowInfo } from '@temporalio/workflow';
import { PIPELINES, type LivePipeline } from '../config/catalog/schedules.js';
import { assetsOf, type LivePlanInput, type Plan } from '../contracts/activities.js';
import { inputProblem, LIVE_FIELDS } from '../contracts/input-problem.js';
import type { LiveInput } from '../contracts/workflows.js';
import { sendingMs } from '../domain/planning/live-budget.js';
import { type RunKey, supersededBy } from '../domain/run.js';
import { MINUTE } from '../domain/timeframe.js';
import { planLive } from './activities.js';
import type { RetryProfile } from './timeouts-and-retries.js';
import { BULK, failureOf, isOver, type Sending } from './ingest.js';
import { failedWith, type Ingested, sum } from './ingested.js';
import { ingestPlanned } from './outage.js';
import { executePage, type PagePlan } from './page.js';
import { CONCURRENCY, PAGE_SIZE } from './replay-sensitive.js';
import { invalidInput, recordRun, refuseWrongInput, resultOf, type RunResult, skipped, withReason } from './run.js';
import { scheduledAt, triggerOf } from './scheduled-fire.js';

/** The next run for minutes is near; a run that comes rarely keeps trying. */
const retryProfileOf = (pipeline: LivePipeline): RetryProfile =>
  PIPELINES[pipeline].gridMs <= MINUTE ? 'nextRun' : 'persistent';

async function runLive(input: LiveInput | null | undefined, usual: LivePipeline): Promise<RunResult> {
  const problem = inputProblem(input, LIVE_FIELDS);
  const { pipeline = usual, symbols } = input ?? {};
  const at = input?.at === undefined ? scheduledAt() : Date.parse(input.at);
  // without a pipeline and a time, it cannot have a row in pipeline_runs
  if (problem !== null && (!Object.hasOwn(PIPELINES, pipeline) || Number.isNaN(at))) throw invalidInput(problem);
  const trigger = triggerOf(pipeline, at, workflowInfo().startTime.getTime());

  return recordRun({ pipeline, trigger, scheduledAt: at, symbols }, async (run, opened) => {
    refuseWrongInput(problem);
    const { nominalAt, asOf } = opened;
    if (opened.supersededBy) return { result: skipped(supersededBy(opened.supersededBy)), failures: [] };
    const planning = { run, pipeline, trigger, nominalAt, asOf };
    const plan = await planLive({ ...planning, symbols, limit: PAGE_SIZE });
    if (plan.skipped !== null) return { result: skipped(plan.skipped), failures: [] };
    const sending = trigger === 'backfill' ? BULK : sendingOf(planning, plan);
    const ingested = await ingestPlanned(run, plan, sending);
    const pages = await ingestInPages(planning, plan.assetIds ?? [], sending);
    const total = pages.length === 0 ? ingested : sum([ingested, ...pages]);
    const left = plan.more || (isOver(sending) && unanswered(plan, total)) ? LEFT : null;
    if (total.requestsDone + total.requestsFailed === 0)
      return { result: skipped(left ?? 'others have requested everything meanwhile'), failures: [] };
    return { result: withReason(resultOf(total), left), failures: total.failures };
  });
}

const LEFT = 'there is no time for more requests: the next run begins with the assets requested longest ago';

/** A scheduled run ends before the next one; a person's continues until it is done. A plan from before December 2026 has no rate. */
function sendingOf(
  { pipeline, trigger }: Pick<LivePlanInput, 'pipeline' | 'trigger'>,
  { requestsPerSecond }: Plan,
): Sending {
  const sending: Sending = { lane: 'live', retryProfile: retryProfileOf(pipeline) };
  if (trigger !== 'schedule' || requestsPerSecond === undefined) return sending;
  const rate = { requestsPerSecond, intervalMs: PIPELINES[pipeline].gridMs };
  return { ...sending, until: Date.now() + sendingMs(rate, CONCURRENCY) };
}

/** Whether some of the planned assets were not requested. */
function unanswered({ assetIds, requests }: Plan, { okAssets, failedAssets }: Ingested): boolean {
  const planned = assetIds ?? requests.flatMap(assetsOf);
  const answered = new Set([...okAssets, ...failedAssets]);
  return planned.some((assetId) => !answered.has(assetId));
}

/** One page after the other, so that the assets requested longest ago come first. A page that fails as a whole fails its assets. */
async function ingestInPages(
  planning: LivePlanInput & { run: RunKey },
  assetIds: number[],
  sending: Sending,
): Promise<Ingested[]> {
  const outcomes: Ingested[] = [];
  for (let n = 1; (n - 1) * PAGE_SIZE < assetIds.length && !isOver(sending); n++) {
    const page = assetIds.slice((n - 1) * PAGE_SIZE, n * PAGE_SIZE);
    const plan: PagePlan = { activity: 'planLive', input: { ...planning, assetIds: page } };
    try {
      outcomes.push((await executePage({ run: planning.run, plan, ...sending }, n)).ingested);
    } catch (error) {
      const failure = failureOf(error);
      outcomes.push(sum(page.map((assetId) => failedWith(assetId, failure))));
    }
  }
  return outcomes;
}

/** Stocks: what has closed since the watermark, in one request per asset. */
export async function StocksWorkflow(input: LiveInput): Promise<RunResult> {
  return runLive(input, 'stocks_1min');
}

/** Coins: live prices, and the candles that have become final. */
export async function CryptoWorkflow(input: LiveInput): Promise<RunResult> {
  return runLive(input, 'crypto_20min');
}
