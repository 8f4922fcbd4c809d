import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Pipeline } from '../../../config/catalog/schedules.js';
import type { RunKey, RunStatus, Trigger } from '../../../domain/run.js';
import type { Queryable } from '../../client.js';
import { wholeRow } from '../../columns.js';
import { pipelineRuns, type pipelineRunSteps } from '../../schema/index.js';

export type RunRow = typeof pipelineRuns.$inferSelect & {
  /** Of the step with the most attempts; null if no step is stored. */
  attempts: number | null;
};
export type RunStepRow = Pick<
  typeof pipelineRunSteps.$inferSelect,
  'step' | 'timeframe' | 'status' | 'attempts' | 'startedAt' | 'durationMs' | 'rows' | 'errorType' | 'errorMessage'
> & {
  symbol: string | null;
  /** Provider of the source; null if the step is not about one. */
  source: ProviderId | null;
};

export interface RunFilter {
  pipeline?: Pipeline;
  status?: RunStatus;
  trigger?: Trigger;
  /** The last run of the previous page. */
  after?: RunKey;
  limit: number;
}

const RUNS = `
  select ${wholeRow(pipelineRuns, 'r')}, (select max(s.attempts) from pipeline_run_steps s
    where s.workflow_id = r.workflow_id and s.run_id = r.run_id) as attempts
  from pipeline_runs r`;

// the start of $4 is looked up here: a JavaScript date would lose its microseconds
const PAGE = `${RUNS}
  where ($1::text is null or r.pipeline = $1) and ($2::text is null or r.status = $2) and ($3::text is null or r.trigger = $3)
    and ($4::text is null or (r.started_at, r.workflow_id, r.run_id) < (
      select l.started_at, l.workflow_id, l.run_id from pipeline_runs l where l.workflow_id = $4 and l.run_id = $5::uuid))
  order by r.started_at desc, r.workflow_id desc, r.run_id desc limit $6`;

const ONE = `${RUNS} where r.workflow_id = $1 and r.run_id = $2::uuid`;

const LATEST = `${RUNS} where r.pipeline = $1 and r.workflow_id = $2 order by r.started_at desc limit 1`;

const STEPS = `
  select s.step, a.symbol, a.provider as source, s.timeframe, s.status, s.attempts, s.started_at as "startedAt", s.duration_ms as "durationMs", s.rows,
    s.error_type as "errorType", s.error_message as "errorMessage"
  from pipeline_run_steps s left join assets a on a.id = s.asset_id
  where s.workflow_id = $1 and s.run_id = $2::uuid order by s.started_at, s.id`;

/** Runs of the pipelines. */
export class RunReader {
  constructor(private readonly db: Queryable) {}

  /** Newest first. */
  async page({ pipeline, status, trigger, after, limit }: RunFilter): Promise<RunRow[]> {
    const values = [pipeline, status, trigger, after?.workflowId, after?.runId, limit];
    return (await this.db.query<RunRow>(PAGE, values)).rows;
  }

  async one({ workflowId, runId }: RunKey): Promise<RunRow | null> {
    const { rows } = await this.db.query<RunRow>(ONE, [workflowId, runId]);
    return rows[0] ?? null;
  }

  /** The newest run of a workflow id. */
  async latest(pipeline: Pipeline, workflowId: string): Promise<RunRow | null> {
    const { rows } = await this.db.query<RunRow>(LATEST, [pipeline, workflowId]);
    return rows[0] ?? null;
  }

  /** Steps of a run in the order in which they started; none once they are past their retention. */
  async steps({ workflowId, runId }: RunKey): Promise<RunStepRow[]> {
    return (await this.db.query<RunStepRow>(STEPS, [workflowId, runId])).rows;
  }
}
