import { bigint, index, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { bytea, instant, provider, timeframe } from './column-types.js';

/** Payloads as received. Their ids pass through workflow history in place of bars (claim check). */
export const rawPayloads = pgTable(
  'raw_payloads',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    provider: provider('provider').notNull(),
    kind: text('kind', { enum: ['bars', 'quotes'] }).notNull(),
    /** Null for quotes, which cover several assets. */
    assetId: integer('asset_id'),
    timeframe: timeframe('timeframe'),
    /** The asset as it was when the request was sent: its row in `assets` may change later. Null for quotes. */
    providerSymbol: text('provider_symbol'),
    exchange: text('exchange').$type<CalendarId>(),
    currency: text('currency'),
    /** The requested window of bar opens (market clock). */
    windowFrom: instant('window_from'),
    windowTo: instant('window_to'),
    /** Without secrets. */
    url: text('url').notNull(),
    status: smallint('status').notNull(),
    contentType: text('content_type'),
    sha256: bytea('sha256').notNull(),
    /** Compressed with zstd; null once past the retention (PAYLOAD_RETENTION_DAYS): the rest of the row stays, for lineage. */
    body: bytea('body'),
    bodyBytes: integer('body_bytes').notNull(),
    rows: integer('rows').notNull(),
    /** Database clock (wall) when the permit was taken, before the request left: decides finality and order. */
    fetchedAt: instant('fetched_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    workflowId: text('workflow_id').notNull(),
    runId: uuid('run_id').notNull(),
    /**
     * SHA-256 over the columns above except `body`, which `sha256` covers: a trigger sets it when the row is inserted, so
     * that doctor finds every later change (function payload_row_digest of the migrations).
     */
    rowDigest: bytea('row_digest').notNull(),
  },
  // serves: the payloads of a series, newest first (heal, rebuild)
  (t) => [index('raw_payloads_series').on(t.assetId, t.timeframe, t.fetchedAt)],
);
