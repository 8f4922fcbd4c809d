import { bigint, index, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, instant, provider, timeframe } from './column-types.js';

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
