import { bigint, date, pgTable } from 'drizzle-orm/pg-core';

/** Free space of the disk that the database is on, at the beginning of each day (UTC, wall clock) on which a worker saw it. */
export const diskSamples = pgTable('disk_samples', {
  day: date('day', { mode: 'string' }).primaryKey(),
  freeBytes: bigint('free_bytes', { mode: 'number' }).notNull(),
});
