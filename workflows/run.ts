import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClosedRun, OpenedRun } from '../contracts/activities.js';
import type { MaintenancePipeline } from '../config/catalog/schedules.js';
import { FAILURES } from '../contracts/failures.js';
import { NO_COUNTS, type RequestCounts, type RunCounts, type RunKey, type RunStatus } from '../domain/run.js';
import { closeRun, openRun } from './activities.js';
import { showRun } from './current-details.js';
import { failureOf } from './ingest.js';
import type { Failed, Ingested } from './ingested.js';
import { refusesWrongInput } from './patches.js';
import { scheduledAt, triggerOf } from './scheduled-fire.js';
import { upsertAttributes, upsertOutcome } from './search-attributes.js';
import { timeOf } from './summaries.js';

/** How a run ended, for its row and as the workflow's result. */
export type RunResult = RunCounts &
  Partial<RequestCounts> & { status: Exclude<RunStatus, 'running'>; reason: string | null };

const runKey = (): RunKey => {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return { workflowId, runId: firstExecutionRunId };
};

export const skipped = (reason: string): RunResult => ({ ...NO_COUNTS, status: 'skipped', reason });

/** A result whose reason goes on with more, if there is any. */
export const withReason = (result: RunResult, more: string | null): RunResult => ({
  ...result,
  reason: [result.reason, more].filter((part) => part !== null).join('; ') || null,
});

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

/** What a run whose input is wrong ends with. */
export const invalidInput = (problem: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(problem, FAILURES.InvalidInput);

/**
 * Ends a run whose input is wrong: with a field's name misspelt, it would do all that there is to do.
 * @param problem of the input; null if there is none
 */
export function refuseWrongInput(problem: string | null): void {
  if (problem !== null && refusesWrongInput()) throw invalidInput(problem);
}

/** A run without a row in pipeline_runs. */
export async function maintain<T>(pipeline: MaintenancePipeline, work: () => Promise<T>): Promise<T> {
  const trigger = triggerOf(pipeline, scheduledAt(), workflowInfo().startTime.getTime());
  upsertAttributes(pipeline, trigger);
  showRun(`**${pipeline}**, trigger: ${trigger}`);
  return work();
}

/** How a run is opened. */
interface Opening extends Omit<Parameters<typeof openRun>[0], keyof RunKey | 'startedAt'> {
  /** Of the assets that it is about; undefined if it is not about particular ones. */
  symbols?: readonly string[];
}

/**
 * Mirrors a run in pipeline_runs: opens the row first and closes it whatever happens. In Temporal, the run shows the same.
 * @param soFar what the run has done, for the row of one that does not get to its end
 * @throws ApplicationFailure if the run failed as a whole, so that its workflow fails too
 */
export async function recordRun(
  { symbols, ...opening }: Opening,
  body: (run: RunKey, opened: OpenedRun) => Promise<{ result: RunResult; failures: Failed[] }>,
  soFar: () => RunCounts & Partial<RequestCounts> = () => NO_COUNTS,
): Promise<RunResult> {
  const run = runKey();
  upsertAttributes(opening.pipeline, opening.trigger, symbols);
  showRun(`**${opening.pipeline}**, trigger: ${opening.trigger}`);
  const opened = await openRun({ ...run, ...opening, startedAt: workflowInfo().startTime.getTime() });
  const about = `**${opening.pipeline}**, trigger: ${opening.trigger}, for ${timeOf(opened.nominalAt)} UTC`;
  showRun(about);
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
    result = { ...soFar(), status: isCancellation(error) ? 'cancelled' : 'failed', reason: failure.message };
  }
  const { status, reason, ...counts } = result;
  const closed = await CancellationScope.nonCancellable(() =>
    closeRun({
      ...run,
      ...counts,
      status,
      errorType: failures[0]?.type ?? null,
      errorMessage: reason?.slice(0, 1_000) ?? null,
    }),
  );
  const { failedSymbols = [], ...assets } = closedRun(closed);
  upsertOutcome(status, failedSymbols);
  showRun(`${about}. **${status}**${reason ? `: ${reason}` : ''}`);
  if (isCancellation(thrown)) throw thrown;
  if (status === 'failed') throw ApplicationFailure.nonRetryable(reason ?? 'failed', failures[0]?.type);
  return { ...result, ...assets };
}

/** A worker from before December 2026 returns only the symbols, and one from before November 2026 nothing. */
const closedRun = (closed: ClosedRun | string[] | undefined): Partial<ClosedRun> =>
  Array.isArray(closed) ? { failedSymbols: closed } : (closed ?? {});
