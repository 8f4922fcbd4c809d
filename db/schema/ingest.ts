import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea, dates, doubles, instant, instants, integers, provider, timeframe, varbit, varbits } from './types.js';

/** Answers of providers as received: the claim check that passes through workflow history in place of bars. */
export const rawPayloads = pgTable(
  'raw_payloads',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    provider: provider('provider').notNull(),
    kind: text('kind', { enum: ['bars', 'quotes'] }).notNull(),
    /** Null for quotes, which answer for several assets. */
    assetId: integer('asset_id'),
    timeframe: timeframe('timeframe'),
    /** The window of bar opens that was asked for (market clock). */
    windowFrom: instant('window_from'),
    windowTo: instant('window_to'),
    /** Without secrets. */
    url: text('url').notNull(),
    status: smallint('status').notNull(),
    contentType: text('content_type'),
    sha256: bytea('sha256').notNull(),
    /** Compressed with zstd. */
    body: bytea('body').notNull(),
    bodyBytes: integer('body_bytes').notNull(),
    rows: integer('rows').notNull(),
    /** Database clock (wall) when the slot was taken, before the request left: what decides finality and order. */
    fetchedAt: instant('fetched_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    workflowId: text('workflow_id').notNull(),
    runId: uuid('run_id').notNull(),
  },
  // serves: the payloads of a series, newest first (heal, rebuild)
  (t) => [index('raw_payloads_series').on(t.assetId, t.timeframe, t.fetchedAt)],
);

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
    state: text('state', { enum: ['ready', 'loaded'] })
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
    /** Set where this payload shows that the series begins here: it was asked for well before and has nothing there. */
    beginsAt: instant('begins_at'),
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

/** Rows that broke a rule, with the rule and the raw values. */
export const rejectedBars = pgTable(
  'rejected_bars',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    /** As the provider stamped it; null where that is what is wrong. */
    time: instant('time'),
    /** Position of the row in the payload. */
    row: integer('row').notNull(),
    rule: text('rule').notNull(),
    raw: jsonb('raw').$type<Record<string, unknown>>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('rejected_bars_row').on(t.payloadId, t.row, t.rule),
    // serves: what was rejected of a series
    index('rejected_bars_series').on(t.assetId, t.timeframe, t.time),
  ],
);

/**
 * A row a series and session. Bit i of a bitmap is the i-th expected slot of the session, in time order.
 * answered = a payload has answered for it after it was final; pending = answered, yet not filled.
 */
export const coverage = pgTable(
  'coverage',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    expected: integer('expected').notNull(),
    filledSlots: varbit('filled_slots').notNull(),
    answeredSlots: varbit('answered_slots').notNull(),
    filled: integer('filled')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(filled_slots)`),
    pending: integer('pending')
      .notNull()
      .generatedAlwaysAs(sql`bit_count(answered_slots & ~filled_slots)`),
    /** Answers that left slots pending, and when to ask again (wall clock). */
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
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
    check('coverage_slots', sql`length(filled_slots) = expected and length(answered_slots) = expected`),
  ],
);

/** Splits and dividends, once each. */
export const corporateActions = pgTable(
  'corporate_actions',
  {
    assetId: integer('asset_id').notNull(),
    kind: text('kind', { enum: ['dividend', 'split'] }).notNull(),
    /** Ex-date: the first session that trades without the dividend or at the new price level. */
    session: date('session', { mode: 'string' }).notNull(),
    /** Dividend a share, in the asset's currency. */
    amount: doublePrecision('amount'),
    /** Split: `numerator` new shares for `denominator` old ones. */
    numerator: doublePrecision('numerator'),
    denominator: doublePrecision('denominator'),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.kind, t.session] })],
);

/** A provider's manners, shared by all workers: one UPDATE takes a slot. */
export const providerState = pgTable('provider_state', {
  provider: provider('provider').primaryKey(),
  /** When recent requests ended: the sliding window of the rate limit. */
  ends: instants('ends')
    .notNull()
    .default(sql`'{}'`),
  /** Expiry of the lease of each request in flight. */
  leases: instants('leases')
    .notNull()
    .default(sql`'{}'`),
  /** Circuit breaker: no request before this. */
  blockedUntil: instant('blocked_until')
    .notNull()
    .default(sql`'-infinity'`),
  blockedReason: text('blocked_reason'),
  /** Failures since the last good answer. */
  failures: integer('failures').notNull().default(0),
  /** Blocks since the last good answer. */
  blocks: integer('blocks').notNull().default(0),
  /** Calls of the calendar month (UTC) that `quotaMonth` names. */
  quotaMonth: date('quota_month', { mode: 'string' })
    .notNull()
    .default(sql`date_trunc('month', now() at time zone 'utc')::date`),
  quotaUsed: integer('quota_used').notNull().default(0),
  lastSuccessAt: instant('last_success_at'),
  lastFailureAt: instant('last_failure_at'),
});

/** Every request to a provider, good or bad. */
export const providerCalls = pgTable(
  'provider_calls',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    provider: provider('provider').notNull(),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** HTTP status; null where none came. */
    status: smallint('status'),
    /** Kind of ProviderError; null where it went well. */
    error: text('error'),
    message: text('message'),
    url: text('url'),
    bytes: integer('bytes'),
    payloadId: bigint('payload_id', { mode: 'number' }),
    runId: uuid('run_id').notNull(),
  },
  // serves: calls of the last hours
  (t) => [index('provider_calls_time').on(t.startedAt)],
);
