import type pg from 'pg';
import type { Pipeline } from '../../../config/catalog/schedules.js';
import {
  REQUEST_COUNT_KEYS,
  type RequestCounts,
  RUN_COUNT_KEYS,
  type RunCounts,
  type RunKey,
  type RunStatus,
  type Step,
  supersededBy,
  type Trigger,
} from '../../../domain/run.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { pipelineRuns } from '../../schema/index.js';
import type { Queryable } from '../../client.js';
import { inTransaction } from '../../transaction.js';

export interface RunOpening extends RunKey {
  pipeline: Pipeline;
  trigger: Trigger;
  /** Market clock, floored to the grid, epoch ms. */
  nominalAt: number;
  /** Wall clock, epoch ms; null if no schedule started it. */
  scheduledAt: number | null;
  startedAt: number;
}

/** Counts that are not given keep their values in the row. */
export interface RunClosing extends RunKey, Partial<RunCounts & RequestCounts> {
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

/** The pipeline of a run; null if it has no row. */
export async function pipelineOf(db: Queryable, { workflowId, runId }: RunKey): Promise<Pipeline | null> {
  const { rows } = await db.query<{ pipeline: Pipeline }>(
    'select pipeline from pipeline_runs where workflow_id = $1 and run_id = $2::uuid',
    [workflowId, runId],
  );
  return rows[0]?.pipeline ?? null;
}

/** Opens a run's row; harmless to repeat. */
export async function openRun(db: Queryable, run: RunOpening): Promise<void> {
  await insertRun(db, run, null);
}

/** Another run of the same live pipeline whose row is open, the oldest; null if there is none. @param stuck run ids that do not count */
export async function otherLiveRun(db: Queryable, run: RunOpening, stuck: readonly string[]): Promise<RunKey | null> {
  const { rows } = await db.query<RunKey>({
    name: 'other-live-run',
    text: `select workflow_id as "workflowId", run_id as "runId" from pipeline_runs
      where pipeline = $1 and status = 'running' and trigger in ('schedule', 'manual') and (workflow_id, run_id) <> ($2, $3::uuid)
        and run_id <> all($4::uuid[])
      order by started_at limit 1`,
    values: [run.pipeline, run.workflowId, run.runId, stuck],
  });
  return rows[0] ?? null;
}

/**
 * Opens the row of a scheduled live run. If another live run of its pipeline is open, the row is closed at once, as skipped;
 * so of several that open at the same time, only one continues. Harmless to repeat.
 * @param stuck run ids of other runs that do not count
 * @returns workflow id of the other run; null if this run continues
 */
export async function openScheduledRun(
  pool: pg.Pool,
  run: RunOpening,
  stuck: readonly string[],
): Promise<string | null> {
  return inTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`live runs of ${run.pipeline}`]);
    const other = await otherLiveRun(tx, run, stuck);
    const status = await insertRun(tx, run, other && supersededBy(other.workflowId));
    return status === 'running' ? null : (other?.workflowId ?? 'another run');
  });
}

/** @param skipped why the run is over already; null if it continues @returns the status of its row, which may be of an earlier attempt */
async function insertRun(db: Queryable, run: RunOpening, skipped: string | null): Promise<RunStatus> {
  const { rows } = await db.query<{ status: RunStatus }>({
    name: 'insert-run',
    text: `insert into pipeline_runs as r (workflow_id, run_id, pipeline, trigger, nominal_at, scheduled_at, started_at,
        status, error_message, finished_at, duration_ms)
      select $1, $2::uuid, $3, $4, $5::timestamptz, $6::timestamptz, $7::timestamptz,
        case when over then 'skipped' else 'running' end, $8,
        case when over then clock_timestamp() end,
        case when over then extract(epoch from clock_timestamp() - $7::timestamptz) * 1000 end
      from (select $8::text is not null as over) x
      on conflict (workflow_id, run_id) do update set status = r.status
      returning r.status`,
    values: [
      run.workflowId,
      run.runId,
      run.pipeline,
      run.trigger,
      new Date(run.nominalAt),
      run.scheduledAt === null ? null : new Date(run.scheduledAt),
      new Date(run.startedAt),
      skipped,
    ],
  });
  return rows[0]!.status;
}

const COUNT_KEYS = [...RUN_COUNT_KEYS, ...REQUEST_COUNT_KEYS];

/** Assignments of the counts that are given. @param first the parameter of the first one */
const setCounts = (first: number): string =>
  COUNT_KEYS.map((key, i) => `${pipelineRuns[key].name} = coalesce($${first + i}, ${pipelineRuns[key].name})`).join(
    ', ',
  );

/** Records what a running run has done so far: it is not stuck any more. */
export async function recordProgress(db: Queryable, run: RunKey & RunCounts & RequestCounts): Promise<void> {
  await db.query({
    name: 'record-progress',
    text: `update pipeline_runs set error_type = null, error_message = null, ${setCounts(3)}
      where workflow_id = $1 and run_id = $2 and status = 'running'`,
    values: [run.workflowId, run.runId, ...COUNT_KEYS.map((key) => run[key])],
  });
}

/** Records why no worker can continue a run; null if one can. A run that goes on and ends has its own error. */
export async function recordStuck(db: Queryable, { workflowId, runId }: RunKey, message: string | null): Promise<void> {
  await db.query(
    `update pipeline_runs set error_type = case when $3::text is not null then 'Stuck' end, error_message = $3
      where workflow_id = $1 and run_id = $2 and status = 'running' and error_message is distinct from $3`,
    [workflowId, runId, message],
  );
}

/** Closes a run's row; a final state is never overwritten. */
export async function closeRun(db: Queryable, run: RunClosing, finishedAt?: Date): Promise<void> {
  await db.query({
    name: 'close-run',
    text: `update pipeline_runs set status = $3, error_type = $4, error_message = $5, ${setCounts(7)},
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
      ...COUNT_KEYS.map((key) => run[key] ?? null),
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

/** Counts the backfills that have ended and whose workflow id has this prefix. */
export async function countEndedBackfills(db: Queryable, idPrefix: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from pipeline_runs
      where pipeline = 'backfill' and status <> 'running' and starts_with(workflow_id, $1)`,
    [idPrefix],
  );
  return rows[0]!.count;
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

/** Symbols of the assets whose last step in a run failed, at most 500. */
export async function failedSymbols(db: Queryable, { workflowId, runId }: RunKey): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(
    `select distinct a.symbol from (
        select distinct on (asset_id) asset_id, status from pipeline_run_steps
        where workflow_id = $1 and run_id = $2::uuid and asset_id is not null
        order by asset_id, started_at desc, id desc
      ) last join assets a on a.id = last.asset_id
      where last.status = 'failed' order by a.symbol limit 500`,
    [workflowId, runId],
  );
  return rows.map(({ symbol }) => symbol);
}

/**
 * How many assets succeeded and failed in a run, one with several sources once.
 * @param run the same by source, which is the answer unless the run's steps are about the same sources
 */
export async function countAssets(
  db: Queryable,
  { workflowId, runId, assetsOk, assetsFailed }: RunKey & Pick<RunCounts, 'assetsOk' | 'assetsFailed'>,
): Promise<Pick<RunCounts, 'assetsOk' | 'assetsFailed'>> {
  const { rows } = await db.query<Pick<RunCounts, 'assetsOk' | 'assetsFailed'>>({
    name: 'count-assets-of-run',
    text: `with sources as (
        select distinct on (s.asset_id) coalesce(a.source_of, a.id) as asset, s.status = 'failed' as failed
        from pipeline_run_steps s join assets a on a.id = s.asset_id where s.workflow_id = $1 and s.run_id = $2::uuid
        order by s.asset_id, s.started_at desc, s.id desc
      ), of_assets as (
        select count(*) filter (where not failed) as ok_sources, count(*) filter (where failed) as failed_sources from sources group by asset
      )
      select count(*) filter (where failed_sources = 0)::int as "assetsOk", count(*) filter (where failed_sources > 0)::int as "assetsFailed"
      from of_assets having sum(ok_sources) = $3 and sum(failed_sources) = $4`,
    values: [workflowId, runId, assetsOk, assetsFailed],
  });
  return rows[0] ?? { assetsOk, assetsFailed };
}

/** Records steps; a later attempt replaces an earlier one, never vice versa. */
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
        error_type = excluded.error_type, error_message = excluded.error_message
      where s.attempts <= excluded.attempts`,
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
