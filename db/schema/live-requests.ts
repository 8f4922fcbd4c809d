import { integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { assets } from './assets.js';
import { instant, timeframe } from './column-types.js';

/** When live runs last sent a request for each series, whatever its outcome: a run begins with the one that has waited longest. */
export const liveRequests = pgTable(
  'live_requests',
  {
    assetId: integer('asset_id')
      .notNull()
      .references(() => assets.id, { onDelete: 'cascade' }),
    timeframe: timeframe('timeframe').notNull(),
    requestedAt: instant('requested_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe] })],
);
