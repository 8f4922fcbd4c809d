import { date, doublePrecision, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** After each close: the provider's day beside the day that its minutes add up to. Differences are fractions of the provider's value. */
export const dailyDifferences = pgTable(
  'daily_differences',
  {
    assetId: integer('asset_id').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    open: doublePrecision('open').notNull(),
    high: doublePrecision('high').notNull(),
    low: doublePrecision('low').notNull(),
    close: doublePrecision('close').notNull(),
    /** Null where the provider has no volume. */
    volume: doublePrecision('volume'),
    /** Minutes stored of those expected. */
    minutes: integer('minutes').notNull(),
    expected: integer('expected').notNull(),
    checkedAt: instant('checked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.session] })],
);
