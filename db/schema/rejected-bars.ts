import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bigints, instant, integers, timeframe } from './column-types.js';

/**
 * Rows that broke a rule, with the rule and the raw values: one entry for as long as payloads send the same row. Those that
 * were `stored` are bars, with a stand-in for one cell. The view rejected_rows has a row per payload that sent one: all of
 * them are kept, because the doctor compares the rows of each payload, also after its body was deleted.
 */
export const rejectedBars = pgTable(
  'rejected_bars',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The latest payload that sent the row. */
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    /** The provider's timestamp; null if it is not an instant. */
    time: instant('time'),
    /** Position of the row in the payload. */
    row: integer('row').notNull(),
    /** The payloads before it that sent the same row, and its positions in them; ascending. */
    earlierPayloads: bigints('earlier_payloads')
      .notNull()
      .default(sql`'{}'`),
    earlierRows: integers('earlier_rows')
      .notNull()
      .default(sql`'{}'`),
    rule: text('rule').notNull(),
    raw: jsonb('raw').$type<Record<string, unknown>>().notNull(),
    /** `dismissed` and `released` are an operator's decision; audit_log has who, when and why. */
    state: text('state', { enum: ['open', 'dismissed', 'released', 'stored'] })
      .notNull()
      .default('open'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('rejected_bars_row').on(t.payloadId, t.row, t.rule),
    // serves: the rejected rows of a series
    index('rejected_bars_series').on(t.assetId, t.timeframe, t.time),
    // serves: how many rows are open, by rule
    index('rejected_bars_open')
      .on(t.rule)
      .where(sql`state = 'open'`),
  ],
);
