import { date, doublePrecision, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** Computed after each close: the aggregate of the minutes against the provider's daily bar. Differences are fractions of the latter. */
export const dailyDifferences = pgTable(
  'daily_differences',
  {
    assetId: integer('asset_id').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    open: doublePrecision('open').notNull(),
    high: doublePrecision('high').notNull(),
    low: doublePrecision('low').notNull(),
    close: doublePrecision('close').notNull(),
    /** Null if the provider has no volume. */
    volume: doublePrecision('volume'),
    /** Minutes stored and minutes expected. */
    minutes: integer('minutes').notNull(),
    expected: integer('expected').notNull(),
    checkedAt: instant('checked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.session] })],
);
