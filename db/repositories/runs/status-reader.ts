import type { Pipeline } from '../../../config/catalog/schedules.js';
import { ROW_COUNT_KEYS, type RowCounts, type RunStatus } from '../../../domain/run.js';
import type { Queryable } from '../../client.js';
import { pipelineRuns } from '../../schema/index.js';

/** Runs of one pipeline with one status, and the sums of their counts. */
export interface StatusCounts extends RowCounts {
  pipeline: Pipeline;
  status: RunStatus;
  runs: number;
}

/** Runs of one pipeline with one status that started in one bucket of time. */
export interface BucketCounts {
  pipeline: Pipeline;
  /** Start of the bucket. */
  time: Date;
  status: RunStatus;
  runs: number;
  rowsInserted: number;
  rowsRejected: number;
  /** Of the newest of these runs. */
  workflowId: string;
  runId: string;
}

export interface StoredRows {
  count: number;
  /** False if counting would take too long, so that the count is estimated from the table's size. */
  exact: boolean;
}

/** Bars are counted up to this size (32 MiB, about 200,000 bars); beyond it their number is estimated. */
const COUNTED_PAGES = 4_096;

/** Figures of the status page and the metrics: cheap, however many bars and runs there are. */
export class StatusReader {
  constructor(private readonly db: Queryable) {}

  /** Runs that started since `since`, by pipeline and status. */
  async runCounts(since: Date): Promise<StatusCounts[]> {
    const { rows } = await this.db.query<StatusCounts>({
      name: 'status-run-counts',
      text: RUN_COUNTS,
      values: [since],
    });
    return rows;
  }

  /**
   * Runs that started since `since`, by pipeline, bucket and status; ascending.
   * @param bucketSeconds length of a bucket; the first one starts at the epoch
   */
  async bucketCounts(since: Date, bucketSeconds: number): Promise<BucketCounts[]> {
    const query = { name: 'status-bucket-counts', text: BUCKET_COUNTS, values: [since, bucketSeconds] };
    return (await this.db.query<BucketCounts>(query)).rows;
  }

  /** How many bars are stored. */
  async storedRows(): Promise<StoredRows> {
    const { rows } = await this.db.query<{ pages: number; estimate: number }>({ name: 'status-size', text: SIZE });
    const { pages, estimate } = rows[0]!;
    if (pages > COUNTED_PAGES && estimate > 0) return { count: estimate, exact: false };
    const counted = await this.db.query<{ count: number }>({
      name: 'status-count',
      text: 'select count(*)::float8 as count from bars',
    });
    return { count: counted.rows[0]!.count, exact: true };
  }
}

const sumOf = (key: keyof RowCounts) => `sum(${pipelineRuns[key].name})::float8 as "${key}"`;

const RUN_COUNTS = `
  select pipeline, status, count(*)::int as runs, ${ROW_COUNT_KEYS.map(sumOf).join(', ')}
  from pipeline_runs where started_at >= $1 group by pipeline, status`;

const BUCKET_COUNTS = `
  select pipeline, date_bin(make_interval(secs => $2), started_at, 'epoch') as time, status, count(*)::int as runs,
    ${sumOf('rowsInserted')}, ${sumOf('rowsRejected')},
    (array_agg(workflow_id order by started_at desc))[1] as "workflowId",
    (array_agg(run_id order by started_at desc))[1] as "runId"
  from pipeline_runs where started_at >= $1 group by 1, 2, 3 order by 1, 2`;

// as the planner estimates it: rows per page when last analysed, times the current number of pages
const SIZE = `
  select pages, case when relpages > 0 then round(reltuples / relpages * pages) else 0 end::float8 as estimate
  from pg_class, lateral (
    select (pg_relation_size(oid) / current_setting('block_size')::int)::int as pages
  ) size
  where oid = 'bars'::regclass`;
