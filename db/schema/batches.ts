import { bigint, doublePrecision, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { bytea, dates, doubles, instant, instants, integers, timeframe, varbits } from './column-types.js';

/** What transform hands to load: one payload of one series as columnar arrays, which are emptied once loaded. */
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
    /** `held` and `shifted` are held back: `held` by a split that was not applied, `shifted` because of another price level. */
    state: text('state', { enum: ['ready', 'loaded', 'held', 'shifted'] })
      .notNull()
      .default('ready'),
    /** Bar opens, ascending. Kept after the load: they show for which slots this payload has a value. */
    times: instants('times').notNull(),
    /** Null once loaded, like all columns of values. */
    barSessions: dates('bar_sessions'),
    opens: doubles('opens'),
    highs: doubles('highs'),
    lows: doubles('lows'),
    closes: doubles('closes'),
    volumes: doubles('volumes'),
    /** Coverage by this payload, one element per session; see the table coverage. Null once loaded. */
    sessions: dates('sessions'),
    expected: integers('expected'),
    answeredSlots: varbits('answered_slots'),
    filledSlots: varbits('filled_slots'),
    /** Slots that this payload shows to be empty; only if it was fetched long enough after the session's close to prove it. */
    emptySlots: varbits('empty_slots'),
    /** Set if this payload shows that the series begins here: its window starts well before and has no bars there. */
    beginsAt: instant('begins_at'),
    /** The live price in the payload: published once the bars are stored, so that both are at the same price level. */
    quotePrice: doublePrecision('quote_price'),
    quoteCurrency: text('quote_currency'),
    quoteTime: instant('quote_time'),
    rowsExtracted: integer('rows_extracted').notNull(),
    rowsRejected: integer('rows_rejected').notNull(),
    /** Rows that are not bars, by reason (live row, forming, outside the session, no trade). */
    rowsIgnored: jsonb('rows_ignored').$type<Record<string, number>>().notNull(),
    rowsInserted: integer('rows_inserted'),
    rowsUpdated: integer('rows_updated'),
    rowsUnchanged: integer('rows_unchanged'),
    createdAt: instant('created_at').notNull().defaultNow(),
    loadedAt: instant('loaded_at'),
    /**
     * The instant of every load of this batch, first to last: versions of bars were recorded or replaced then. Begins with
     * -infinity if there may have been loads before this column existed.
     */
    loadInstants: instants('load_instants'),
  },
  (t) => [
    // same payload and same code = same batch
    unique('batches_payload_code').on(t.payloadId, t.codeVersion),
    // serves: does a later payload confirm this slot? (load, only for payloads that arrive out of order)
    index('batches_series').on(t.assetId, t.timeframe, t.fetchedAt),
  ],
);
