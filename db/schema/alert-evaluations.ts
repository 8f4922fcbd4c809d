import { sql } from 'drizzle-orm';
import { boolean, check, pgTable } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** When the alerts were evaluated, by the database's clock; one row. */
export const alertEvaluations = pgTable(
  'alert_evaluations',
  {
    one: boolean('one').primaryKey().default(true),
    lastAt: instant('last_at').notNull(),
    /** The first one after a time without any: everything was down. */
    resumedAt: instant('resumed_at').notNull(),
  },
  (t) => [check('alert_evaluations_one', sql`${t.one}`)],
);
