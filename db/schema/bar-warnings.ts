import { date, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, timeframe } from './column-types.js';

/** Bars that look odd next to their neighbours, by rule (domain/rules/neighbour-rules.ts); they may be correct. Computed at load. */
export const barWarnings = pgTable(
  'bar_warnings',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    time: instant('time').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    rule: text('rule').notNull(),
    /** The measured values; their names depend on the rule. */
    details: jsonb('details').$type<Record<string, number | string>>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe, t.time, t.rule] })],
);
