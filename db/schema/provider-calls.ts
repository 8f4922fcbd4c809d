import { bigint, index, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { instant, provider } from './column-types.js';

/** Every request to a provider, successful or not; kept for 30 days. */
export const providerCalls = pgTable(
  'provider_calls',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    provider: provider('provider').notNull(),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** HTTP status; null if there was no response. */
    status: smallint('status'),
    /** Kind of ProviderError; null if the request succeeded. */
    error: text('error'),
    message: text('message'),
    url: text('url'),
    bytes: integer('bytes'),
    payloadId: bigint('payload_id', { mode: 'number' }),
    /** Null for a question of a person (LookUpWorkflow), which is no run. */
    runId: uuid('run_id'),
  },
  // serves: calls of the last hours
  (t) => [index('provider_calls_time').on(t.startedAt)],
);
