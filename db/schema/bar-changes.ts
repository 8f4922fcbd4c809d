import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable } from 'drizzle-orm/pg-core';
import { instant, timeframe, xid8 } from './column-types.js';

/** The log behind the stream: one row per series and load (or other statement that changed bars); kept for 24 h. */
export const barChanges = pgTable(
  'bar_changes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    xid: xid8('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    firstTime: instant('first_time').notNull(),
    lastTime: instant('last_time').notNull(),
    inserted: integer('inserted').notNull(),
    updated: integer('updated').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  // serves: changes since an event id, in commit-safe order, and changes since a snapshot
  (t) => [index('bar_changes_order').on(t.xid, t.id)],
);
