import { date, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, timeframe } from './column-types.js';

/** Bars that are odd beside their neighbours, by rule (domain/neighbour-rules.ts); they may be right. Computed at load. */
export const barWarnings = pgTable(
  'bar_warnings',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    time: instant('time').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    rule: text('rule').notNull(),
    /** What the rule saw, as it words it. */
    details: jsonb('details').$type<Record<string, number | string>>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe, t.time, t.rule] })],
);
