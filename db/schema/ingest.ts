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
    /** Compressed with zstd; null once it is older than the retention (PAYLOAD_RETENTION_DAYS): the rest stays, for lineage. */
    body: bytea('body'),
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
    /** What an operator made of it; who, when and why stands in audit_log. */
    state: text('state', { enum: ['open', 'dismissed', 'released'] })
      .notNull()
      .default('open'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('rejected_bars_row').on(t.payloadId, t.row, t.rule),
    // serves: what was rejected of a series
    index('rejected_bars_series').on(t.assetId, t.timeframe, t.time),
  ],
);

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
    /**
     * Split: `fetched_at` of the first payload that told of it, or the end of its session where all bars are from after
     * that. Prices of payloads fetched before are at the old level.
     */
    levelSince: instant('level_since'),
    /** Split: when the stored bars were brought to the new level; until then loads of the asset are held back. */
    appliedAt: instant('applied_at'),
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
  /** Verdict: most assets showed one symptom in one run. Until a probe goes well, runs ask for one asset only. */
  outageSince: instant('outage_since'),
  outageSymptom: text('outage_symptom'),
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
