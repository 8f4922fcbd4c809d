import { DISK_DAYS, type DiskSample } from '../../../domain/alerts/disk.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** The folder in which the server keeps its data; null if we may not know it. */
export async function dataFolder(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ folder: string | null }>(
    `select case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as folder`,
  );
  return rows[0]!.folder;
}

/** Keeps the first sample of each day. @param free bytes */
export async function keepDiskSample(db: Queryable, free: number): Promise<void> {
  await db.query(
    `insert into disk_samples (day, free_bytes) values ((now() at time zone 'utc')::date, $1) on conflict do nothing`,
    [free],
  );
}

/** The samples that a forecast looks at, ascending. */
export async function diskSamples(db: Queryable): Promise<DiskSample[]> {
  const { rows } = await db.query<DiskSample>(
    `select ${epochMs(`day::timestamp at time zone 'utc'`)} as at, free_bytes::float8 as free
    from disk_samples where day > (now() at time zone 'utc')::date - $1::int order by day`,
    [DISK_DAYS],
  );
  return rows;
}
