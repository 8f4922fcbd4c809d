import { and, asc, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { Pipeline } from '../../../config/catalog/schedules.js';
import type { RunStatus, Trigger } from '../../../domain/run.js';
import type { Db } from '../../client.js';
import { assets, pipelineRuns, pipelineRunSteps } from '../../schema/index.js';

export type RunRow = typeof pipelineRuns.$inferSelect & {
  /** Of the step that was tried most often; null where no step is kept. */
  attempts: number | null;
};
export type RunStepRow = Pick<
  typeof pipelineRunSteps.$inferSelect,
  'step' | 'timeframe' | 'status' | 'attempts' | 'startedAt' | 'durationMs' | 'rows' | 'errorType' | 'errorMessage'
> & { symbol: string | null };

/** What identifies a run. */
export interface RunKey {
  workflowId: string;
  runId: string;
}

export interface RunFilter {
  pipeline?: Pipeline;
  status?: RunStatus;
  trigger?: Trigger;
  /** The last run of the page before. */
  after?: RunKey;
  limit: number;
}

const COLUMNS = {
  ...getTableColumns(pipelineRuns),
  attempts: sql<number | null>`(select max(s.attempts) from pipeline_run_steps s
    where s.workflow_id = pipeline_runs.workflow_id and s.run_id = pipeline_runs.run_id)`,
};

/** Runs of the pipelines, newest first. */
export class RunReader {
  constructor(private readonly db: Db) {}

  page({ pipeline, status, trigger, after, limit }: RunFilter): Promise<RunRow[]> {
    const { startedAt, workflowId, runId } = pipelineRuns;
    const conditions: (SQL | undefined)[] = [
      pipeline && eq(pipelineRuns.pipeline, pipeline),
      status && eq(pipelineRuns.status, status),
      trigger && eq(pipelineRuns.trigger, trigger),
      // its start is looked up here, because a JavaScript date would lose the microseconds
      after &&
        sql`(${startedAt}, ${workflowId}, ${runId}) < (select r.started_at, r.workflow_id, r.run_id from ${pipelineRuns} r
          where r.workflow_id = ${after.workflowId} and r.run_id = ${after.runId}::uuid)`,
    ];
    return this.db
      .select(COLUMNS)
      .from(pipelineRuns)
      .where(and(...conditions))
      .orderBy(desc(startedAt), desc(workflowId), desc(runId))
      .limit(limit);
  }

  async one({ workflowId, runId }: RunKey): Promise<RunRow | null> {
    const rows = await this.db
      .select(COLUMNS)
      .from(pipelineRuns)
      .where(and(eq(pipelineRuns.workflowId, workflowId), eq(pipelineRuns.runId, runId)));
    return rows[0] ?? null;
  }

  /** The run of a workflow id that began last. */
  async latest(pipeline: Pipeline, workflowId: string): Promise<RunRow | null> {
    const rows = await this.db
      .select(COLUMNS)
      .from(pipelineRuns)
      .where(and(eq(pipelineRuns.pipeline, pipeline), eq(pipelineRuns.workflowId, workflowId)))
      .orderBy(desc(pipelineRuns.startedAt))
      .limit(1);
    return rows[0] ?? null;
  }

  /** Steps of a run in the order in which they began; none once they are older than they are kept. */
  steps({ workflowId, runId }: RunKey): Promise<RunStepRow[]> {
    const s = pipelineRunSteps;
    return this.db
      .select({
        step: s.step,
        symbol: assets.symbol,
        timeframe: s.timeframe,
        status: s.status,
        attempts: s.attempts,
        startedAt: s.startedAt,
        durationMs: s.durationMs,
        rows: s.rows,
        errorType: s.errorType,
        errorMessage: s.errorMessage,
      })
      .from(s)
      .leftJoin(assets, eq(assets.id, s.assetId))
      .where(and(eq(s.workflowId, workflowId), eq(s.runId, runId)))
      .orderBy(asc(s.startedAt), asc(s.id));
  }
}
