import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { PIPELINES, type LivePipeline } from '../config/catalog/schedules.js';
import { FAILURES } from '../contracts/failures.js';
import type { LiveInput } from '../contracts/workflows.js';
import { planLive } from './activities.js';
import type { RetryProfile } from './timeouts-and-retries.js';
import { ingestPlanned } from './outage.js';
import { recordRun, resultOf, type RunResult, scheduledAt, skipped, triggerOf } from './run.js';

/** The next run for minutes is near; a run that comes rarely keeps trying. */
const RETRY_PROFILES: Record<LivePipeline, RetryProfile> = {
  stocks_1min: 'nextRun',
  stocks_1d: 'persistent',
  crypto_20min: 'persistent',
};

async function runLive(input: LiveInput): Promise<RunResult> {
  const { pipeline, symbols } = input;
  if (!(pipeline in PIPELINES)) {
    throw ApplicationFailure.nonRetryable(
      `pipeline must be one of ${Object.keys(PIPELINES).join(', ')}`,
      FAILURES.InvalidInput,
    );
  }
  const at = input.at === undefined ? scheduledAt() : Date.parse(input.at);
  if (Number.isNaN(at))
    throw ApplicationFailure.nonRetryable(`at must be an RFC 3339 time, not ${input.at}`, FAILURES.InvalidInput);
  const trigger = triggerOf(pipeline, at, workflowInfo().startTime.getTime());

  return recordRun({ pipeline, trigger, scheduledAt: at }, async (run, { nominalAt, asOf, supersededBy }) => {
    if (supersededBy) return { result: skipped(`superseded by ${supersededBy}, which is still running`), failures: [] };
    const plan = await planLive({ run, pipeline, trigger, nominalAt, asOf, symbols });
    if (plan.skipped !== null) return { result: skipped(plan.skipped), failures: [] };
    const historical = trigger === 'backfill';
    const ingested = await ingestPlanned(
      run,
      plan,
      historical ? 'bulk' : 'live',
      historical ? 'bulk' : RETRY_PROFILES[pipeline],
    );
    return { result: resultOf(ingested), failures: ingested.failures };
  });
}

/** Stocks: what has closed since the watermark, in one request per asset. */
export async function StocksWorkflow(input: LiveInput): Promise<RunResult> {
  return runLive({ ...input, pipeline: input?.pipeline ?? 'stocks_1min' });
}

/** Coins: live prices, and the candles that have become final. */
export async function CryptoWorkflow(input: LiveInput): Promise<RunResult> {
  return runLive({ ...input, pipeline: input?.pipeline ?? 'crypto_20min' });
}
