import { statfs } from 'node:fs/promises';
import type { DiskSample } from '../domain/alerts/disk.js';
import type { Queryable } from './client.js';
import { dataFolder, type Disk, diskSamples } from './repositories/upkeep/disk-samples.js';

/** The disk that a database is on, as it is now. */
export interface DatabaseDisk {
  disk: Disk;
  /** Free for the server, bytes. */
  free: number;
  /** Ascending; the last one is of now. */
  samples: DiskSample[];
}

/** The disk that the database is on, day by day and now; null if this machine cannot see it. @param now wall clock, epoch ms */
export async function readDatabaseDisk(db: Queryable, now: number): Promise<DatabaseDisk | null> {
  const folder = await dataFolder(db);
  const stats = folder === null ? null : await statfs(folder).catch(() => null);
  if (folder === null || stats === null) return null;
  const disk = { folder, totalBytes: stats.blocks * stats.bsize };
  const free = stats.bavail * stats.bsize;
  return { disk, free, samples: [...(await diskSamples(db, disk)), { at: now, free }] };
}
