import { bigint, doublePrecision, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { bytea, dates, doubles, instant, instants, integers, timeframe, varbits } from './column-types.js';

/** What transform hands to load: one payload of one series as columnar arrays, emptied once loaded. */
export const batches = pgTable(
  'batches',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    codeVersion: text('code_version').notNull(),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    sha256: bytea('sha256').notNull(),
    /** Set aside: `held` because of a split that was not applied, `shifted` where prices came on another level. */
    state: text('state', { enum: ['ready', 'loaded', 'held', 'shifted'] })
      .notNull()
      .default('ready'),
    /** Bar opens, ascending. Kept after the load: they tell which slots this payload gave a value for. */
    times: instants('times').notNull(),
    /** Null once loaded, like all columns of values. */
    barSessions: dates('bar_sessions'),
    opens: doubles('opens'),
    highs: doubles('highs'),
    lows: doubles('lows'),
    closes: doubles('closes'),
    volumes: doubles('volumes'),
    /** Coverage that this payload gives, a row a session; see the table coverage. Null once loaded. */
    sessions: dates('sessions'),
    expected: integers('expected'),
    answeredSlots: varbits('answered_slots'),
    filledSlots: varbits('filled_slots'),
    /** Slots that this payload shows empty, where it was fetched long enough after the session's close to mean it. */
    emptySlots: varbits('empty_slots'),
    /** Set where this payload shows that the series begins here: it was asked for well before and has nothing there. */
    beginsAt: instant('begins_at'),
    /** The live price that came along: shown once the bars are stored, so that both are at one level. */
    quotePrice: doublePrecision('quote_price'),
    quoteCurrency: text('quote_currency'),
    quoteTime: instant('quote_time'),
    rowsExtracted: integer('rows_extracted').notNull(),
    rowsRejected: integer('rows_rejected').notNull(),
    /** Rows that are no bars, by reason (live row, forming, outside the session, no trade). */
    rowsIgnored: jsonb('rows_ignored').$type<Record<string, number>>().notNull(),
    rowsInserted: integer('rows_inserted'),
    rowsUpdated: integer('rows_updated'),
    rowsUnchanged: integer('rows_unchanged'),
    createdAt: instant('created_at').notNull().defaultNow(),
    loadedAt: instant('loaded_at'),
  },
  (t) => [
    // same payload and same code = same batch
    unique('batches_payload_code').on(t.payloadId, t.codeVersion),
    // serves: does a later payload confirm this slot? (load, only for answers that arrive out of order)
    index('batches_series').on(t.assetId, t.timeframe, t.fetchedAt),
  ],
);
