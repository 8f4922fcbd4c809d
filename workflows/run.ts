import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenedRun } from '../contracts/activities.js';
import { SCHEDULED_START } from '../contracts/search-attributes.js';
import { GRIDS } from '../config/catalog/schedules.js';
import { NO_COUNTS, type RunCounts, type RunKey, type RunStatus, type Trigger } from '../domain/run.js';
import { closeRun, openRun } from './activities.js';
import { type Failed, failureOf, type Ingested } from './ingest.js';
import { BACKFILL_AFTER_MS } from './replay-sensitive.js';

/** How a run ended, for its row and as the workflow's result. */
export type RunResult = RunCounts & { status: Exclude<RunStatus, 'running'>; reason: string | null };

const runKey = (): RunKey => {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return { workflowId, runId: firstExecutionRunId };
};

/** When its schedule meant this run to start, epoch ms; null if no schedule started it. */
export const scheduledAt = (): number | null =>
  workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.getTime() ?? null;

/** What started a run, by its scheduled time: off the grid it was `temporal schedule trigger`, late it was `backfill`. */
export function triggerOf(pipeline: keyof typeof GRIDS, scheduled: number | null, startedAt: number): Trigger {
  if (scheduled === null) return 'manual';
  const { gridMs, offsetMs } = GRIDS[pipeline];
  if (startedAt - scheduled > BACKFILL_AFTER_MS) return 'backfill';
  return (scheduled - offsetMs) % gridMs === 0 ? 'schedule' : 'manual';
}

export const skipped = (reason: string): RunResult => ({ ...NO_COUNTS, status: 'skipped', reason });

/** The run is failed if all requests failed, and partial if some did, or nothing of a payload could be kept. */
export function resultOf({
  counts,
  okAssets,
  failedAssets,
  failures,
  requestsDone,
  requestsFailed,
}: Ingested): RunResult {
  const isSound = requestsFailed === 0 && failures.length === 0;
  const status = isSound ? 'succeeded' : requestsDone > 0 ? 'partial' : 'failed';
  const reason = failures.length > 0 ? failures.map(({ type, message }) => `${type}: ${message}`).join('; ') : null;
  return { ...counts, assetsOk: okAssets.length, assetsFailed: failedAssets.length, status, reason };
}

/**
 * Mirrors a run in pipeline_runs: opens the row first and closes it whatever happens.
 * @throws ApplicationFailure if the run failed as a whole, so that its workflow fails too
 */
export async function recordRun(
  opening: Omit<Parameters<typeof openRun>[0], keyof RunKey | 'startedAt'>,
  body: (run: RunKey, opened: OpenedRun) => Promise<{ result: RunResult; failures: Failed[] }>,
): Promise<RunResult> {
  const run = runKey();
  const opened = await openRun({ ...run, ...opening, startedAt: workflowInfo().startTime.getTime() });
  let result: RunResult;
  let failures: Failed[] = [];
  let thrown: unknown;
  try {
    ({ result, failures } = await body(run, opened));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error; // the run continues
    thrown = error;
    const failure = isCancellation(error) ? { type: 'Cancelled', message: 'cancelled' } : failureOf(error);
    failures = [failure];
    result = { ...NO_COUNTS, status: isCancellation(error) ? 'cancelled' : 'failed', reason: failure.message };
  }
  const { status, reason, ...counts } = result;
  await CancellationScope.nonCancellable(() =>
    closeRun({
      ...run,
      ...counts,
      status,
      errorType: failures[0]?.type ?? null,
      errorMessage: reason?.slice(0, 1_000) ?? null,
    }),
  );
  if (isCancellation(thrown)) throw thrown;
  if (status === 'failed') throw ApplicationFailure.nonRetryable(reason ?? 'failed', failures[0]?.type);
  return result;
}
