import type pg from 'pg';
import type { Pipeline } from '../../../config/catalog/schedules.js';
import type { RunStatus } from '../../../domain/run.js';

/** Runs of one pipeline that ended, or stand, with one status. */
export interface RunCounts {
  pipeline: Pipeline;
  status: RunStatus;
  runs: number;
  rowsExtracted: number;
  rowsInserted: number;
  rowsUpdated: number;
  rowsUnchanged: number;
  rowsRejected: number;
}

/** Runs of one pipeline with one status that began in one slot. */
export interface BucketCounts {
  pipeline: Pipeline;
  /** Start of the slot. */
  time: Date;
  status: RunStatus;
  runs: number;
  rowsInserted: number;
  rowsRejected: number;
  /** The last one of them. */
  workflowId: string;
  runId: string;
}

export interface StoredRows {
  count: number;
  /** False where counting would take too long and the table's size tells. */
  exact: boolean;
}

/** Up to this size (32 MiB, some 200,000 bars) bars are counted; beyond it the count is estimated. */
const COUNTED_PAGES = 4_096;

/** What the status page and the metrics ask: cheap, however many bars and runs there are. */
export class StatusReader {
  constructor(private readonly pool: pg.Pool) {}

  /** Runs that began since `since`, by pipeline and status. */
  async runCounts(since: Date): Promise<RunCounts[]> {
    const { rows } = await this.pool.query<RunCounts>({ name: 'status-run-counts', text: RUN_COUNTS, values: [since] });
    return rows;
  }

  /** Runs that began since `since`, by pipeline, slot of so many seconds (from the epoch on) and status; ascending. */
  async slotCounts(since: Date, slotSeconds: number): Promise<BucketCounts[]> {
    const query = { name: 'status-slot-counts', text: SLOT_COUNTS, values: [since, slotSeconds] };
    return (await this.pool.query<BucketCounts>(query)).rows;
  }

  /** How many bars are stored. */
  async storedRows(): Promise<StoredRows> {
    const { rows } = await this.pool.query<{ pages: number; estimate: number }>({ name: 'status-size', text: SIZE });
    const { pages, estimate } = rows[0]!;
    if (pages > COUNTED_PAGES && estimate > 0) return { count: estimate, exact: false };
    const counted = await this.pool.query<{ count: number }>({
      name: 'status-count',
      text: 'select count(*)::float8 as count from bars',
    });
    return { count: counted.rows[0]!.count, exact: true };
  }
}

const RUN_COUNTS = `
  select pipeline, status, count(*)::int as runs,
    sum(rows_extracted)::float8 as "rowsExtracted", sum(rows_inserted)::float8 as "rowsInserted",
    sum(rows_updated)::float8 as "rowsUpdated", sum(rows_unchanged)::float8 as "rowsUnchanged",
    sum(rows_rejected)::float8 as "rowsRejected"
  from pipeline_runs where started_at >= $1 group by pipeline, status`;

const SLOT_COUNTS = `
  select pipeline, date_bin(make_interval(secs => $2), started_at, 'epoch') as time, status, count(*)::int as runs,
    sum(rows_inserted)::float8 as "rowsInserted", sum(rows_rejected)::float8 as "rowsRejected",
    (array_agg(workflow_id order by started_at desc))[1] as "workflowId",
    (array_agg(run_id order by started_at desc))[1] as "runId"
  from pipeline_runs where started_at >= $1 group by 1, 2, 3 order by 1, 2`;

// As the planner does it: rows a page when last analysed, times the pages there are now.
const SIZE = `
  select pages, case when relpages > 0 then round(reltuples / relpages * pages) else 0 end::float8 as estimate
  from pg_class, lateral (
    select (pg_relation_size(oid) / current_setting('block_size')::int)::int as pages
  ) size
  where oid = 'bars'::regclass`;
