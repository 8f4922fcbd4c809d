import { sql } from 'drizzle-orm';
import { bigint, boolean, check, doublePrecision, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { DIRECTIONS, MEASURES } from '../../domain/alerts/crossing.js';
import { assets } from './assets.js';
import { instant, timeframe } from './column-types.js';

/** Crossings that a person wants to be told of (domain/alerts/crossing.ts). */
export const alertRules = pgTable(
  'alert_rules',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    assetId: integer('asset_id')
      .notNull()
      .references(() => assets.id),
    timeframe: timeframe('timeframe').notNull(),
    measure: text('measure', { enum: MEASURES }).notNull(),
    direction: text('direction', { enum: DIRECTIONS }).notNull(),
    /** In the asset's currency. */
    level: doublePrecision('level'),
    against: text('against', { enum: ['sma_20', 'sma_50'] }),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Open of the last bar that was looked at; null before the first. */
    checkedBar: instant('checked_bar'),
    /** Whether that bar was beyond then: a correction may bring it there later. Null before the first, and without its average. */
    wasBeyond: boolean('was_beyond'),
  },
  (t) => [
    // serves: the rules of an asset
    index('alert_rules_asset').on(t.assetId),
    check('alert_rules_compared', sql`(${t.level} is null) <> (${t.against} is null)`),
    check('alert_rules_level', sql`${t.level} > 0 and ${t.level} < 'Infinity'`),
  ],
);
