import { and, asc, gt, ne } from 'drizzle-orm';
import type { Db } from '../../client.js';
import { pipelineRuns } from '../../schema/index.js';

export type FinishedRun = typeof pipelineRuns.$inferSelect & { finishedAt: Date };

/** Runs that finished after an instant (wall clock), oldest first, at most 1,000. */
export async function runsFinishedAfter(db: Db, instant: Date): Promise<FinishedRun[]> {
  const rows = await db
    .select()
    .from(pipelineRuns)
    .where(
      and(
        gt(pipelineRuns.finishedAt, instant),
        ne(pipelineRuns.status, 'running'),
        gt(pipelineRuns.startedAt, earliestStart(instant)),
      ),
    )
    .orderBy(asc(pipelineRuns.finishedAt))
    .limit(1_000);
  return rows as FinishedRun[];
}

/** Only so that the index on started_at serves: no run lasts longer. */
const earliestStart = (instant: Date): Date => new Date(instant.getTime() - 7 * 24 * 3_600_000);
