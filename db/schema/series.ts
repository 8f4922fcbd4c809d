import { integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { assets } from './assets.js';
import { instant, timeframe } from './column-types.js';

/** One series of bars. Its row is the lock under which the series is loaded. */
export const series = pgTable(
  'series',
  {
    assetId: integer('asset_id')
      .notNull()
      .references(() => assets.id),
    timeframe: timeframe('timeframe').notNull(),
    /** The first bar that was ever loaded: before it nothing is expected. */
    firstBar: instant('first_bar'),
    /** The same, where a payload shows that the provider has nothing before it: nobody asks for more. */
    beginsAt: instant('begins_at'),
    /** `fetched_at` of the newest payload loaded. */
    newestFetch: instant('newest_fetch'),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe] })],
);
