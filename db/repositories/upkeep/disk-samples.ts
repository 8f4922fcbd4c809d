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

/** A disk, as far as it can be told from another one: the folder that is on it, and its size in bytes. */
export interface Disk {
  folder: string;
  totalBytes: number;
}

/** Keeps the first sample of each day; if the database has moved, of its new disk. @param free bytes */
export async function keepDiskSample(db: Queryable, { folder, totalBytes }: Disk, free: number): Promise<void> {
  await db.query(
    `insert into disk_samples as s (day, folder, total_bytes, free_bytes) values ((now() at time zone 'utc')::date, $1, $2, $3)
    on conflict (day) do update set folder = excluded.folder, total_bytes = excluded.total_bytes, free_bytes = excluded.free_bytes
    where (s.folder, s.total_bytes) <> (excluded.folder, excluded.total_bytes)`,
    [folder, totalBytes, free],
  );
}

/** The samples of a disk that a forecast looks at, ascending. */
export async function diskSamples(db: Queryable, { folder, totalBytes }: Disk): Promise<DiskSample[]> {
  const { rows } = await db.query<DiskSample>(
    `select ${epochMs(`day::timestamp at time zone 'utc'`)} as at, free_bytes::float8 as free
    from disk_samples where day > (now() at time zone 'utc')::date - $1::int and folder = $2 and total_bytes = $3 order by day`,
    [DISK_DAYS, folder, totalBytes],
  );
  return rows;
}
