import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant, timeframe, varbit } from './column-types.js';

/** A slot counts as empty once a late payload says so, in a session that is at least half filled or as empty as usual. */
const confirmedEmpty = sql.raw(
  `case when as_usual or 2 * bit_count(filled_slots) >= expected
    then bit_count(empty_slots & ~filled_slots & ~lost_slots & ~corrupt_slots) else 0 end`,
);
/**
 * A row a series and session. Bit i of a bitmap is the i-th expected slot of the session, in time order. A slot is in one
 * state: filled, confirmed empty, unobtainable (corrupt at the provider, or out of its reach: that one needs the clock and
 * is told on read), else pending.
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
    /** A payload has answered for it after it was final, with a bar or without. */
    answeredSlots: varbit('answered_slots').notNull(),
    /** A payload fetched 6 h or more after the session's close shows nothing there. */
    emptySlots: varbit('empty_slots').notNull(),
    /** A bar was stored and is gone, by other means than a load: heal brings it back, from stored payloads first. */
    lostSlots: varbit('lost_slots').notNull(),
    /** The same rejected values came in two payloads 6 h or more apart. */
    corruptSlots: varbit('corrupt_slots').notNull(),
    /** Less than half filled, as other sessions of this asset are: found by heal. */
    asUsual: boolean('as_usual').notNull().default(false),
    filled: integer('filled')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(filled_slots)`),
    empty: integer('empty').notNull().generatedAlwaysAs(confirmedEmpty),
    corrupt: integer('corrupt')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(corrupt_slots & ~filled_slots)`),
    /** Answered or lost, and in none of the states above. */
    pending: integer('pending')
      .notNull()
      .generatedAlwaysAs(
        sql`bit_count((answered_slots | lost_slots) & ~filled_slots & ~corrupt_slots) - ${confirmedEmpty}`,
      ),
    /** Answers that left slots pending, and when to ask again (wall clock). */
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    /** `fetched_at` of the newest payload that answered for the whole session. */
    verifiedAt: instant('verified_at'),
    /** Bars of this session changed other than by a load: recount before trusting this row. */
    dirty: boolean('dirty').notNull().default(false),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.assetId, t.timeframe, t.session] }),
    // serves: what must be recounted
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
