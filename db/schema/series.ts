import { integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { assets } from './assets.js';
import { instant, timeframe } from './column-types.js';

/** One series of bars. Loads of the series lock its row. */
export const series = pgTable(
  'series',
  {
    assetId: integer('asset_id')
      .notNull()
      .references(() => assets.id),
    timeframe: timeframe('timeframe').notNull(),
    /** The first bar ever loaded: before it no bar is expected. */
    firstBar: instant('first_bar'),
    /** The same if a payload shows that the provider has nothing earlier: nothing earlier is requested. */
    beginsAt: instant('begins_at'),
    /** `fetched_at` of the newest payload loaded. */
    newestFetch: instant('newest_fetch'),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe] })],
);
