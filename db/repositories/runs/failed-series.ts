import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/** Series in which a request of a backfill failed, for as long as steps are kept; each as `asset id timeframe`. */
export async function failedBackfillSeries(db: Queryable, assetIds: number[]): Promise<Set<string>> {
  const { rows } = await db.query<{ assetId: number; timeframe: StoredTimeframe }>(
    `select distinct s.asset_id as "assetId", s.timeframe from pipeline_runs r
      join pipeline_run_steps s using (workflow_id, run_id)
      where r.pipeline = 'backfill' and s.step = 'extract' and s.status = 'failed' and s.asset_id = any($1::int[])
        and s.timeframe is not null`,
    [assetIds],
  );
  return new Set(rows.map(({ assetId, timeframe }) => `${assetId} ${timeframe}`));
}
