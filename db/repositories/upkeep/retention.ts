import type pg from 'pg';
import type { Queryable } from '../../client.js';
import { storedBytes, SUM_OF_GONE } from '../../deleted.sql.js';
import type { Deleted } from '../../../domain/deleted.js';
import { LOADED_BATCHES_DIGEST, PAYLOAD_ROW_DIGEST, type PayloadSeries } from '../proof/payload-digests.js';

/** Deletes the rows of a table that began more than 30 days ago. */
async function pruneMonth(db: Queryable, table: 'pipeline_run_steps' | 'provider_calls'): Promise<Deleted> {
  const { rows } = await db.query<Deleted>(
    `with gone as (
      delete from ${table} t where started_at < now() - interval '30 days' returning ${storedBytes('t')} as bytes
    ) ${SUM_OF_GONE}`,
  );
  return rows[0]!;
}

/** Deletes the steps of runs that are older than 30 days. */
export const pruneSteps = async (db: Queryable): Promise<Deleted> => pruneMonth(db, 'pipeline_run_steps');

/** Deletes the records of requests that are older than 30 days. */
export const pruneCalls = async (db: Queryable): Promise<Deleted> => pruneMonth(db, 'provider_calls');

/** The end of the retention: the start of the UTC day that lies `retentionDays` back, because bodies are pruned by whole days. */
export async function retentionEnd(db: Queryable, retentionDays: number): Promise<Date> {
  const { rows } = await db.query<{ end: Date }>(
    `select date_trunc('day', now() - make_interval(days => $1), 'UTC') as end`,
    [retentionDays],
  );
  return rows[0]!.end;
}

/** All that may have payloads: each asset with each timeframe, and quotes. */
export async function payloadSeries(db: Queryable): Promise<PayloadSeries[]> {
  const { rows } = await db.query<PayloadSeries>(
    `select a.id as "assetId", t.timeframe::text from assets a cross join unnest(enum_range(null::timeframe)) t(timeframe)
    union all select null, null order by 1, 2`,
  );
  return rows;
}

const isOf = ({ assetId }: PayloadSeries, payload: string): string =>
  assetId === null
    ? `${payload}.asset_id is null and ${payload}.timeframe is null and $1::int is null and $2::timeframe is null`
    : `${payload}.asset_id = $1 and ${payload}.timeframe = $2::timeframe`;

/**
 * The oldest UTC day before `end` of which bodies are kept. Days are pruned oldest first, so the remaining ones lie after the
 * last one pruned, which the index finds from the end of the retention backwards.
 * @param after this day, or null to start where the last call stopped
 */
export async function oldestDueDay(
  db: Queryable,
  series: PayloadSeries,
  end: Date,
  after: string | null,
): Promise<string | null> {
  const { rows } = await db.query<{ day: string }>(
    `select (p.fetched_at at time zone 'UTC')::date::text as day from raw_payloads p
    where ${isOf(series, 'p')} and p.body is not null and p.fetched_at < $3 and p.fetched_at >= coalesce(
      ($4::date + 1)::timestamp at time zone 'UTC', (
        select q.fetched_at from raw_payloads q where ${isOf(series, 'q')} and q.body is null and q.fetched_at < $3
        order by q.fetched_at desc limit 1), '-infinity')
    order by p.fetched_at limit 1`,
    [series.assetId, series.timeframe, end, after],
  );
  return rows[0]?.day ?? null;
}

/** A payload whose body is due to be pruned. */
export interface DuePayload {
  id: number;
  sha256: string;
  bodyBytes: number;
  /** Digests of its row and of its loaded batches; null if none was loaded. */
  row: string;
  batches: string | null;
  isTransformed: boolean;
}

/** The payloads of a series that were fetched on a UTC day and are kept, in the order in which they were fetched. */
export async function duePayloads(db: Queryable, series: PayloadSeries, day: string): Promise<DuePayload[]> {
  const { rows } = await db.query<Omit<DuePayload, 'id'> & { id: string }>(
    `select p.id, encode(p.sha256, 'hex') as sha256, p.body_bytes as "bodyBytes", ${PAYLOAD_ROW_DIGEST} as row,
      ${LOADED_BATCHES_DIGEST} as batches, exists (select 1 from batches b where b.payload_id = p.id) as "isTransformed"
    from raw_payloads p
    where ${isOf(series, 'p')} and p.body is not null
      and p.fetched_at >= $3::timestamp at time zone 'UTC' and p.fetched_at < ($3::date + 1)::timestamp at time zone 'UTC'
    order by p.fetched_at, p.sha256`,
    [series.assetId, series.timeframe, day],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/**
 * Deletes the bodies of payloads. Their rows stay, for lineage: url, hash, size and times. The times that a loaded batch keeps
 * go with the body. They show an older payload that a later one confirmed a value, and an older payload can no longer arrive:
 * its body is gone too, and the run that fetched it ended long ago. Payloads that a split not yet applied holds back may be
 * older, so then the times stay.
 */
export async function pruneBodies(tx: pg.PoolClient, payloadIds: number[]): Promise<Deleted> {
  const { rows } = await tx.query<Deleted>(
    `with gone as (
      update raw_payloads set body = null where id = any($1::bigint[])
      returning id, asset_id, coalesce(pg_column_size(old.body), 0) as bytes
    ), emptied as (
      update batches b set times = '{}' from gone g
      where b.payload_id = g.id and b.state = 'loaded' and not exists (
        select 1 from splits s where s.asset_id = g.asset_id and s.is_due)
    ) ${SUM_OF_GONE}`,
    [payloadIds],
  );
  return rows[0]!;
}
