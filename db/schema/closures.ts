import { sql } from 'drizzle-orm';
import { check, date, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** Days on which an exchange was closed that its calendar has a session on, as operators say. Those of a file are not here. */
export const closures = pgTable(
  'closures',
  {
    /** MIC of the exchange, as in the calendars. */
    exchange: text('exchange').notNull(),
    /** Trading date. */
    date: date('date', { mode: 'string' }).notNull(),
    /** Why, such as the name of the holiday; shown with the market. */
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.exchange, t.date] }), check('closures_reason', sql`${t.reason} <> ''`)],
);
