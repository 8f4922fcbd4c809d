import { boolean, check, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { instant } from './column-types.js';

/** One row: the settings of this database's first start. Real and simulated bars never meet in one database. */
export const instance = pgTable(
  'instance',
  {
    only: boolean('only').primaryKey().default(true),
    mode: text('mode', { enum: ['live', 'sandbox'] }).notNull(),
    /** Base URL of each provider. */
    providers: jsonb('providers').$type<Record<string, string>>().notNull(),
    /** MARKET_CLOCK_OFFSET, seconds. */
    clockOffset: integer('clock_offset').notNull(),
    startedAt: instant('started_at').notNull().defaultNow(),
  },
  (t) => [check('instance_only_one', sql`${t.only}`)],
);
