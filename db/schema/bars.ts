import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, timeframe, xid8 } from './types.js';

const prices = () => ({
  /** In `assets.currency`. */
  open: doublePrecision('open').notNull(),
  high: doublePrecision('high').notNull(),
  low: doublePrecision('low').notNull(),
  close: doublePrecision('close').notNull(),
  /** Null where the provider has none. */
  volume: doublePrecision('volume'),
});

/**
 * Final bars. No foreign key: a check a row would cost more than the insert, and only the load writes here.
 * The primary key serves every read: a series, by time.
 */
export const bars = pgTable(
  'bars',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    /** The bar's OPEN; for 1d and longer 00:00Z of the trading date. */
    time: instant('time').notNull(),
    /** Trading date. */
    session: date('session', { mode: 'string' }).notNull(),
    ...prices(),
    /** Mean of the latest 20 closes of the series, null until 20 exist. */
    sma20: doublePrecision('sma_20'),
    sma50: doublePrecision('sma_50'),
    /** close ÷ previous bar's close − 1, a fraction. */
    barReturn: doublePrecision('bar_return'),
    /** close ÷ close of the last bar of the calendar's previous session − 1, a fraction. */
    dailyReturn: doublePrecision('daily_return'),
    /** Lineage: the payload that gave these values, and the run that loaded it. */
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    runId: uuid('run_id').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    /** When this version became visible (database clock). */
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.assetId, t.timeframe, t.time] }),
    check('bars_prices_positive', sql`${t.low} > 0 and ${t.high} < 'Infinity'`),
    check('bars_high_is_highest', sql`${t.high} >= ${t.open} and ${t.high} >= ${t.close} and ${t.high} >= ${t.low}`),
    check('bars_low_is_lowest', sql`${t.low} <= ${t.open} and ${t.low} <= ${t.close}`),
    check('bars_volume_not_negative', sql`${t.volume} >= 0 and ${t.volume} < 'Infinity'`),
  ],
);

/** Versions of bars that a later answer of the provider replaced. */
export const barRevisions = pgTable(
  'bar_revisions',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    time: instant('time').notNull(),
    ...prices(),
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    runId: uuid('run_id').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    /** When and by which payload it was replaced. */
    replacedAt: instant('replaced_at').notNull(),
    replacedByPayload: bigint('replaced_by_payload', { mode: 'number' }).notNull(),
  },
  // serves: all versions of one bar, and of a window for asOf
  (t) => [index('bar_revisions_bar').on(t.assetId, t.timeframe, t.time)],
);

/** The stream's log: a row a load (or other statement that changed bars) and series, kept 24 h. */
export const barChanges = pgTable(
  'bar_changes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    xid: xid8('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    firstTime: instant('first_time').notNull(),
    lastTime: instant('last_time').notNull(),
    inserted: integer('inserted').notNull(),
    updated: integer('updated').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  // serves: changes since an event id, in commit-safe order, or since a snapshot
  (t) => [index('bar_changes_order').on(t.xid, t.id)],
);

/** The last live price of an asset; never a bar. */
export const quotes = pgTable('quotes', {
  assetId: integer('asset_id').primaryKey(),
  price: doublePrecision('price').notNull(),
  currency: text('currency').notNull(),
  /** When the provider says that it was traded (market clock). */
  time: instant('time').notNull(),
  volume24h: doublePrecision('volume_24h'),
  fetchedAt: instant('fetched_at').notNull(),
  payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
});

/** Bars that are odd beside their neighbours, by rule (domain/neighbour-rules.ts); they may be right. Computed at load. */
export const barWarnings = pgTable(
  'bar_warnings',
  {
    assetId: integer('asset_id').notNull(),
    timeframe: timeframe('timeframe').notNull(),
    time: instant('time').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    rule: text('rule').notNull(),
    /** What the rule saw, as it words it. */
    details: jsonb('details').$type<Record<string, number | string>>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.timeframe, t.time, t.rule] })],
);

/** After each close: the provider's day beside the day that its minutes add up to. Differences are fractions of the provider's value. */
export const dailyDifferences = pgTable(
  'daily_differences',
  {
    assetId: integer('asset_id').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    open: doublePrecision('open').notNull(),
    high: doublePrecision('high').notNull(),
    low: doublePrecision('low').notNull(),
    close: doublePrecision('close').notNull(),
    /** Null where the provider has no volume. */
    volume: doublePrecision('volume'),
    /** Minutes stored of those expected. */
    minutes: integer('minutes').notNull(),
    expected: integer('expected').notNull(),
    checkedAt: instant('checked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.assetId, t.session] })],
);
