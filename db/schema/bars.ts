import { sql } from 'drizzle-orm';
import { bigint, check, date, doublePrecision, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { prices } from './column-types.js';
import { instant, timeframe } from './column-types.js';

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
    /** Mean of the latest 20 closes of the series; null until there are 20. */
    sma20: doublePrecision('sma_20'),
    sma50: doublePrecision('sma_50'),
    /** close ÷ previous bar's close − 1, a fraction. */
    barReturn: doublePrecision('bar_return'),
    /** close ÷ close of the last bar of the calendar's previous session − 1, a fraction. */
    dailyReturn: doublePrecision('daily_return'),
    /** Lineage: the payload with these values, and the run that loaded it. */
    payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
    runId: uuid('run_id').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    /** The earlier payload that the open is from, if the one with the other values does not know it; null = the same payload. */
    openPayloadId: bigint('open_payload_id', { mode: 'number' }),
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
