import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { ClosureWatch } from '../db/closure-watch.js';
import { recordSteps, type RunStep } from '../db/repositories/runs/runs.js';
import type { RunKey } from '../domain/run.js';
import { STEPS, type Step } from '../domain/run.js';
import { toFailure } from './failures.js';
import { waitOf } from './waits.js';
import { asAttempt } from './fence.js';
import {
  assetsOf,
  type ExtractedMany,
  type Plan,
  type PlannedRequest,
  type StepOfSeries,
} from '../contracts/activities.js';
import { FAILURES } from '../contracts/failures.js';

const HEARTBEAT_MS = 1_500;

type Failure = { type: string; message: string };
type Outcome = StepOfSeries & { error?: Failure; problem?: Failure };

/**
 * Wraps every activity: it begins with the closures that are stored, sends heartbeats, gives failures their type, and
 * records steps in pipeline_run_steps.
 */
export class ActivityInterceptor implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly context: Context,
    private readonly pool: pg.Pool,
    private readonly closures: Pick<ClosureWatch, 'refresh'>,
    private readonly logger: Logger,
  ) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const beat = setInterval(() => this.context.heartbeat(waitOf(this.context)), HEARTBEAT_MS);
    const startedAt = Date.now();
    try {
      await this.closures.refresh();
      const result: unknown = await asAttempt(() => next(input));
      await this.record(input, startedAt, outcomesOf(this.context.info.activityType, result));
      return result;
    } catch (thrown) {
      const failure = toFailure(thrown);
      const { activityType, attempt, workflowExecution } = this.context.info;
      this.logger.warn({ activity: activityType, attempt, ...workflowExecution, err: failure }, 'activity failed');
      // the failure itself matters more than a failure to record it
      if (stepOf(activityType))
        await this.record(input, startedAt, outcomesOfFailure(input, failure)).catch(() => undefined);
      throw failure;
    } finally {
      clearInterval(beat);
    }
  }

  private async record(input: ActivityExecuteInput, startedAt: number, outcomes: Outcome[]): Promise<void> {
    const { activityType, activityId, attempt, workflowExecution } = this.context.info;
    const { run } = (input.args[0] ?? {}) as { run?: RunKey };
    if (!run) return;
    const step = stepOf(activityType) ?? 'extract';
    const continued = workflowExecution && workflowExecution.runId !== run.runId ? `${workflowExecution.runId}/` : '';
    const steps = outcomes.map(({ error = null, problem = null, ...outcome }, item): RunStep => ({
      ...run,
      // activity ids start again in a run that continued as new
      activityId: `${continued}${activityId}`,
      item,
      step,
      assetId: outcome.assetId,
      timeframe: outcome.timeframe,
      status: (error ?? problem) ? 'failed' : 'ok',
      attempts: attempt,
      startedAt,
      durationMs: Date.now() - startedAt,
      rows: outcome.rows,
      errorType: (error ?? problem)?.type ?? null,
      errorMessage: (error ?? problem)?.message.slice(0, 500) ?? null,
    }));
    await recordSteps(this.pool, steps);
  }
}

/** The step of a run that an activity carries out; null if it is none. */
function stepOf(activity: string): Step | null {
  const step = activity === 'extractMany' ? 'extract' : activity;
  return STEPS.find((one) => one === step) ?? null;
}

/** What to record of a result: an asset that a plan leaves out for its bad row has failed before its first step. */
function outcomesOf(activity: string, result: unknown): Outcome[] {
  if (activity === 'extractMany') {
    const { payloads, refused } = result as ExtractedMany;
    return [...payloads, ...refused.map((one) => ({ ...one, timeframe: null, rows: 0 }))];
  }
  if (stepOf(activity)) return Array.isArray(result) ? (result as Outcome[]) : [result as Outcome];
  const { requests, assetIds, problems = [] } = (result ?? {}) as Partial<Plan>;
  if (!requests?.length && !assetIds?.length) return [];
  return problems.map(({ assetId, problem }) => ({
    ...{ assetId, timeframe: null, rows: 0 },
    error: { type: FAILURES.InvalidInput, message: problem },
  }));
}

/** The failure of an activity: for each asset that it was for, if it says so, else once. */
function outcomesOfFailure(input: ActivityExecuteInput, failure: unknown): Outcome[] {
  const { request } = input.args[0] as { request?: PlannedRequest };
  const assetIds: (number | null)[] = request ? assetsOf(request) : [];
  const timeframe = request && request.kind !== 'quotes' ? request.timeframe : null;
  const error =
    failure instanceof ApplicationFailure
      ? { type: failure.type ?? 'ApplicationFailure', message: failure.message }
      : { type: failure instanceof Error ? failure.name : 'Error', message: String(failure) };
  return (assetIds.length > 0 ? assetIds : [null]).map((assetId) => ({ assetId, timeframe, rows: 0, error }));
}
