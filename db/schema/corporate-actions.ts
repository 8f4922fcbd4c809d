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
    /** Dividend per share. */
    amount: doublePrecision('amount'),
    /** Of the dividend, if it is not that of the prices; null = the asset's. */
    currency: text('currency'),
    /** Split: `numerator` new shares for `denominator` old ones. */
    numerator: doublePrecision('numerator'),
    denominator: doublePrecision('denominator'),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
    /**
     * The open of the ex-date's session, wall clock: before it, an action that is known already changes nothing. Null in rows
     * from before this column existed: the start of the ex-date.
     */
    inForceAt: instant('in_force_at'),
    /** Split: the ex-date of the later row that is the same split, told under another date; null = this row counts. */
    sameAs: date('same_as', { mode: 'string' }),
    /**
     * Split: from then on the provider sends the bars before the ex-date at the new level: `fetched_at` of the first payload
     * that shows it, or the end of its session if all stored bars were fetched after that. Null = not seen yet.
     */
    levelSince: instant('level_since'),
    /** Split: the last payload that showed the bars before the ex-date at the old level although the split was in force. */
    mixedAt: instant('mixed_at'),
    /** Split: the payload whose prices on both sides of the ex-date show that nothing changed; null = none does. */
    refutedAt: instant('refuted_at'),
    /** Split: when the stored bars were rescaled to the new level; from `in_force_at` until then payloads are held back. */
    appliedAt: instant('applied_at'),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.kind, t.session] })],
);
