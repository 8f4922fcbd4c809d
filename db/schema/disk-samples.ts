import { bigint, date, pgTable, text } from 'drizzle-orm/pg-core';

/** Free space of the disk that the database is on, at the beginning of each day (UTC, wall clock) on which a worker saw it. */
export const diskSamples = pgTable('disk_samples', {
  day: date('day', { mode: 'string' }).primaryKey(),
  /** Which disk it was: the folder of the database, and the size of the disk that it was on. */
  folder: text('folder').notNull(),
  totalBytes: bigint('total_bytes', { mode: 'number' }).notNull(),
  freeBytes: bigint('free_bytes', { mode: 'number' }).notNull(),
});
