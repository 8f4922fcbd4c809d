import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant, timeframe, varbit } from './column-types.js';

/**
 * One row per series and session. Bit i of a bitmap is the i-th expected slot of the session, in time order. Each slot has
 * one state: filled, confirmed empty, unobtainable (corrupt at the provider or out of its reach; the latter depends on the
 * clock and is worked out on read), else pending. The functions coverage_… of the migrations derive the states;
 * domain/coverage/slot-state.ts does the same in TypeScript.
 */
export const coverage = pgTable(
  'coverage',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    expected: integer('expected').notNull(),
    /** A bar is stored. */
    filledSlots: varbit('filled_slots').notNull(),
    /** A payload fetched after the slot was final covers it, with a bar or without. */
    answeredSlots: varbit('answered_slots').notNull(),
    /** A payload fetched at least 6 h after the session's close has no bar there. */
    emptySlots: varbit('empty_slots').notNull(),
    /** A bar was stored and something other than a load removed it: heal restores it, from stored payloads first. */
    lostSlots: varbit('lost_slots').notNull(),
    /** Two payloads fetched at least 6 h apart had the same rejected values. */
    corruptSlots: varbit('corrupt_slots').notNull(),
    /** Less than half filled, like other sessions of this asset: set by heal. */
    asUsual: boolean('as_usual').notNull().default(false),
    filled: integer('filled')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(filled_slots)`),
    /** Confirmed empty. */
    empty: integer('empty')
      .notNull()
      .generatedAlwaysAs(
        sql`bit_count(coverage_confirmed_empty(filled_slots, empty_slots, lost_slots, corrupt_slots, as_usual))`,
      ),
    corrupt: integer('corrupt')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(corrupt_slots & ~filled_slots)`),
    /** Answered or lost, and in none of the states above. */
    pending: integer('pending')
      .notNull()
      .generatedAlwaysAs(
        sql`bit_count(coverage_pending(filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, as_usual))`,
      ),
    /** Payloads that left slots pending, and when to request the session again (wall clock; null = in the next run). */
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    /** `fetched_at` of the newest payload that covers the whole session. */
    verifiedAt: instant('verified_at'),
    /** Something other than a load changed bars of this session: recount before trusting this row. */
    dirty: boolean('dirty').notNull().default(false),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.assetId, t.timeframe, t.session] }),
    // serves: sessions to recount
    index('coverage_dirty')
      .on(t.assetId)
      .where(sql`dirty`),
    check(
      'coverage_slots',
      sql`length(filled_slots) = expected and length(answered_slots) = expected and length(empty_slots) = expected
        and length(lost_slots) = expected and length(corrupt_slots) = expected`,
    ),
  ],
);
