import { type LivePipeline, PIPELINES, UPKEEP, type UpkeepPipeline } from '../../../config/catalog/schedules.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** A pipeline that a schedule starts, and whose latest run has failed. */
export interface FailingPipeline {
  pipeline: LivePipeline | UpkeepPipeline;
  /** Failed runs since the last one that did not fail; those that were skipped, cancelled or terminated do not count. */
  failed: number;
  /** When the first of them began, epoch ms, wall clock. */
  since: number;
  /** Failure type of the newest. */
  error: string | null;
}

/** What a person starts once, such as an import, fails before the eyes of that person. */
const SCHEDULED = [...Object.keys(PIPELINES), ...Object.keys(UPKEEP)];

/** Pipelines whose latest runs, of the last week, have failed. Runs that fetch the past again say nothing of now. */
export async function failingPipelines(db: Queryable): Promise<FailingPipeline[]> {
  const { rows } = await db.query<FailingPipeline>({
    name: 'failing-pipelines',
    text: `with judged as (
        select pipeline, started_at, status in ('failed', 'timed_out', 'lost') as failed, error_type
        from pipeline_runs
        where started_at > now() - interval '7 days' and pipeline = any($1) and trigger <> 'backfill'
          and status in ('succeeded', 'partial', 'failed', 'timed_out', 'lost')),
      good as (select pipeline, max(started_at) as at from judged where not failed group by pipeline)
    select j.pipeline, count(*)::int as failed, ${epochMs('min(j.started_at)')} as since,
      (array_agg(j.error_type order by j.started_at desc))[1] as error
    from judged j left join good g on g.pipeline = j.pipeline
    where j.failed and j.started_at > coalesce(g.at, '-infinity') group by j.pipeline order by j.pipeline`,
    values: [SCHEDULED],
  });
  return rows;
}
