import { bigint, date, doublePrecision, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** Splits and dividends, one row each. */
export const corporateActions = pgTable(
  'corporate_actions',
  {
    assetId: integer('asset_id').notNull(),
    kind: text('kind', { enum: ['dividend', 'split'] }).notNull(),
    /** Ex-date: the first session that trades without the dividend or at the new price level. */
    session: date('session', { mode: 'string' }).notNull(),
    /** Dividend per share, in the asset's currency. */
    amount: doublePrecision('amount'),
    /** Split: `numerator` new shares for `denominator` old ones. */
    numerator: doublePrecision('numerator'),
    denominator: doublePrecision('denominator'),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
    /**
     * Split: `fetched_at` of the first payload that has it, or the end of its session if all stored bars were fetched after
     * that. Prices of payloads fetched before this are at the old level.
     */
    levelSince: instant('level_since'),
    /** Split: when the stored bars were rescaled to the new level; until then loads of the asset are held back. */
    appliedAt: instant('applied_at'),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.kind, t.session] })],
);
