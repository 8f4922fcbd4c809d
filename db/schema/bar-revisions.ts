import { bigint, index, integer, pgTable, uuid } from 'drizzle-orm/pg-core';
import { prices } from './column-types.js';
import { instant, timeframe } from './column-types.js';

/** Versions of bars that a later payload replaced. */
export const barRevisions = pgTable(
  'bar_revisions',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    time: instant('time').notNull(),
    ...prices(),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    runId: uuid('run_id').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    /** As in `bars`. */
    openPayloadId: bigint('open_payload_id', { mode: 'number' }),
    recordedAt: instant('recorded_at').notNull(),
    /** When and by which payload it was replaced. */
    replacedAt: instant('replaced_at').notNull(),
    replacedByPayload: bigint('replaced_by_payload', { mode: 'number' }).notNull(),
  },
  // serves: all versions of one bar, and of a window for asOf
  (t) => [index('bar_revisions_bar').on(t.assetId, t.timeframe, t.time)],
);
