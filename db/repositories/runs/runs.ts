import type { Pipeline } from '../../../config/catalog/schedules.js';
import {
  RUN_COUNT_KEYS,
  type RunCounts,
  type RunKey,
  type RunStatus,
  type Step,
  type Trigger,
} from '../../../domain/run.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { pipelineRuns } from '../../schema/index.js';
import type { Queryable } from '../../client.js';

export interface RunOpening extends RunKey {
  pipeline: Pipeline;
  trigger: Trigger;
  /** Market clock, floored to the grid, epoch ms. */
  nominalAt: number;
  /** Wall clock, epoch ms; null if no schedule started it. */
  scheduledAt: number | null;
  startedAt: number;
}

export interface RunClosing extends RunKey, RunCounts {
  status: Exclude<RunStatus, 'running'>;
  errorType: string | null;
  errorMessage: string | null;
}

export interface RunStep extends RunKey {
  activityId: string;
  item: number;
  step: Step;
  assetId: number | null;
  timeframe: StoredTimeframe | null;
  status: 'ok' | 'failed';
  attempts: number;
  startedAt: number;
  durationMs: number;
  rows: number | null;
  errorType: string | null;
  errorMessage: string | null;
}

/** Opens a run's row; harmless to repeat. */
export async function openRun(db: Queryable, run: RunOpening): Promise<void> {
  await db.query({
    name: 'open-run',
    text: `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, scheduled_at, status, started_at)
      values ($1, $2, $3, $4, $5, $6, 'running', $7) on conflict do nothing`,
    values: [
      run.workflowId,
      run.runId,
      run.pipeline,
      run.trigger,
      new Date(run.nominalAt),
      run.scheduledAt === null ? null : new Date(run.scheduledAt),
      new Date(run.startedAt),
    ],
  });
}

/** The workflow id of an older live run of the same pipeline that is under way and younger than a minute; null if there is none. */
export async function findOlderLiveRun(db: Queryable, run: RunOpening): Promise<string | null> {
  const { rows } = await db.query<{ workflowId: string }>({
    name: 'find-older-live-run',
    text: `select workflow_id as "workflowId" from pipeline_runs
      where pipeline = $1 and status = 'running' and trigger in ('schedule', 'manual')
        and started_at < $2 and started_at > now() - interval '60 s' and (workflow_id, run_id) <> ($3, $4::uuid)
      order by started_at limit 1`,
    values: [run.pipeline, new Date(run.startedAt), run.workflowId, run.runId],
  });
  return rows[0]?.workflowId ?? null;
}

/** Closes a run's row; a final state is never overwritten. */
export async function closeRun(db: Queryable, run: RunClosing, finishedAt?: Date): Promise<void> {
  await db.query({
    name: 'close-run',
    text: `update pipeline_runs set status = $3, error_type = $4, error_message = $5,
        ${RUN_COUNT_KEYS.map((key, i) => `${pipelineRuns[key].name} = $${7 + i}`).join(', ')},
        finished_at = f.at, duration_ms = extract(epoch from f.at - started_at) * 1000
      from (select coalesce($6::timestamptz, clock_timestamp()) as at) f
      where workflow_id = $1 and run_id = $2 and status = 'running'`,
    values: [
      run.workflowId,
      run.runId,
      run.status,
      run.errorType,
      run.errorMessage,
      finishedAt ?? null,
      ...RUN_COUNT_KEYS.map((key) => run[key]),
    ],
  });
}

/** Whether a workflow had a failed or partial run since then; a run under way counts too. */
export async function hasRunSince(db: Queryable, workflowId: string, since: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from pipeline_runs where workflow_id = $1 and status in ('running', 'partial', 'failed') and started_at > $2 limit 1`,
    [workflowId, since],
  );
  return rowCount !== 0;
}

/** Runs whose row is open. */
export async function openRuns(db: Queryable): Promise<RunKey[]> {
  const { rows } = await db.query<RunKey>(
    `select workflow_id as "workflowId", run_id as "runId" from pipeline_runs where status = 'running'`,
  );
  return rows;
}

/** The run ids of `runs` that have a row. */
export async function runsWithRow(db: Queryable, runs: readonly RunKey[]): Promise<Set<string>> {
  const { rows } = await db.query<{ runId: string }>(
    `select r.run_id as "runId" from unnest($1::text[], $2::uuid[]) x (workflow_id, run_id)
      join pipeline_runs r using (workflow_id, run_id)`,
    [runs.map(({ workflowId }) => workflowId), runs.map(({ runId }) => runId)],
  );
  return new Set(rows.map(({ runId }) => runId));
}

/** Records steps; a later attempt replaces an earlier one. */
export async function recordSteps(db: Queryable, steps: RunStep[]): Promise<void> {
  if (steps.length === 0) return;
  const column = <K extends keyof RunStep>(key: K) => steps.map((step) => step[key]);
  await db.query({
    name: 'record-steps',
    text: `insert into pipeline_run_steps as s (workflow_id, run_id, activity_id, item, step, asset_id, timeframe, status, attempts,
        started_at, duration_ms, rows, error_type, error_message)
      select x.* from unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::int[], $7::text[]::timeframe[], $8::text[],
        $9::int[], $10::timestamptz[], $11::int[], $12::int[], $13::text[], $14::text[]) x
      on conflict (workflow_id, run_id, activity_id, item) do update set status = excluded.status, attempts = excluded.attempts,
        asset_id = excluded.asset_id, timeframe = excluded.timeframe, duration_ms = excluded.duration_ms, rows = excluded.rows,
        error_type = excluded.error_type, error_message = excluded.error_message`,
    values: [
      column('workflowId'),
      column('runId'),
      column('activityId'),
      column('item'),
      column('step'),
      column('assetId'),
      column('timeframe'),
      column('status'),
      column('attempts'),
      steps.map((step) => new Date(step.startedAt)),
      column('durationMs'),
      column('rows'),
      column('errorType'),
      column('errorMessage'),
    ],
  });
}
