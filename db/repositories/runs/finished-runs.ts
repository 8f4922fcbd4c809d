import type { Queryable } from '../../client.js';
import { wholeRow } from '../../columns.js';
import { pipelineRuns } from '../../schema/index.js';

export type FinishedRun = typeof pipelineRuns.$inferSelect & { finishedAt: Date };

// no run lasts a week: the bound on started_at is there for its index
const FINISHED_AFTER = `
  select ${wholeRow(pipelineRuns, 'r')} from pipeline_runs r
  where r.finished_at > $1::timestamptz and r.status <> 'running' and r.started_at > $1::timestamptz - interval '7 days'
  order by r.finished_at limit 1000`;

/** Runs that finished after an instant (wall clock), oldest first, at most 1,000. */
export async function runsFinishedAfter(db: Queryable, instant: Date): Promise<FinishedRun[]> {
  const { rows } = await db.query<FinishedRun>(FINISHED_AFTER, [instant]);
  return rows;
}
