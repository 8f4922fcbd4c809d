import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Logger } from 'pino';
import type pg from 'pg';
import { recordSteps, type RunStep } from '../db/repositories/runs/runs.js';
import type { RunKey } from '../domain/run.js';
import { STEPS, type Step } from '../domain/run.js';
import { toFailure } from './failures.js';
import type { ExtractInput, Plan, StepOfSeries } from '../contracts/activities.js';
import { FAILURES } from '../contracts/failures.js';

const HEARTBEAT_MS = 1_500;

type Failure = { type: string; message: string };
type Outcome = StepOfSeries & { error?: Failure; problem?: Failure };

/** Wraps every activity: sends heartbeats, gives failures their type, and records steps in pipeline_run_steps. */
export class ActivityInterceptor implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly context: Context,
    private readonly pool: pg.Pool,
    private readonly logger: Logger,
  ) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const beat = setInterval(() => this.context.heartbeat(), HEARTBEAT_MS);
    const startedAt = Date.now();
    try {
      const result: unknown = await next(input);
      await this.record(input, startedAt, outcomesOf(this.context.info.activityType, result));
      return result;
    } catch (thrown) {
      const failure = toFailure(thrown);
      const { activityType, attempt, workflowExecution } = this.context.info;
      this.logger.warn({ activity: activityType, attempt, ...workflowExecution, err: failure }, 'activity failed');
      // the failure itself matters more than a failure to record it
      if (isStep(activityType))
        await this.record(input, startedAt, [outcomeOfFailure(input, failure)]).catch(() => undefined);
      throw failure;
    } finally {
      clearInterval(beat);
    }
  }

  private async record(input: ActivityExecuteInput, startedAt: number, outcomes: Outcome[]): Promise<void> {
    const { activityType, activityId, attempt, workflowExecution } = this.context.info;
    const { run } = (input.args[0] ?? {}) as { run?: RunKey };
    if (!run) return;
    const step = isStep(activityType) ? activityType : 'extract';
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

const isStep = (activity: string): activity is Step => (STEPS as readonly string[]).includes(activity);

/** What to record of a result: an asset that a plan leaves out for its bad row has failed before its first step. */
function outcomesOf(activity: string, result: unknown): Outcome[] {
  if (isStep(activity)) return Array.isArray(result) ? (result as Outcome[]) : [result as Outcome];
  const { requests, problems = [] } = (result ?? {}) as Partial<Plan>;
  if (!requests?.length) return [];
  return problems.map(({ assetId, problem }) => ({
    ...{ assetId, timeframe: null, rows: 0 },
    error: { type: FAILURES.InvalidInput, message: problem },
  }));
}

function outcomeOfFailure(input: ActivityExecuteInput, failure: unknown): Outcome {
  const { request } = input.args[0] as Partial<ExtractInput>;
  const series = request?.kind === 'bars' ? request : { assetId: null, timeframe: null };
  const error =
    failure instanceof ApplicationFailure
      ? { type: failure.type ?? 'ApplicationFailure', message: failure.message }
      : { type: failure instanceof Error ? failure.name : 'Error', message: String(failure) };
  return { assetId: series.assetId, timeframe: series.timeframe, rows: 0, error };
}
