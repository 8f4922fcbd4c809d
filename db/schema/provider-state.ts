import { sql } from 'drizzle-orm';
import { date, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, instants, provider } from './column-types.js';

/** Rate limit, circuit breaker and quota of a provider, shared by all workers: one UPDATE takes a permit. */
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
  /** Failure type (contracts/failures.ts) of what caused the block; `KeyRefused` blocks nothing: the last answer refused our key. */
  blockedType: text('blocked_type'),
  /** Failures since the last success; refusals of the key and other failures begin anew after each other. */
  failures: integer('failures').notNull().default(0),
  /** Blocks since the last success. */
  blocks: integer('blocks').notNull().default(0),
  /** The calendar month (UTC) in which `quotaUsed` counts calls. */
  quotaMonth: date('quota_month', { mode: 'string' })
    .notNull()
    .default(sql`date_trunc('month', now() at time zone 'utc')::date`),
  quotaUsed: integer('quota_used').notNull().default(0),
  /** When people's searches were sent: those of the last minute, and of the month if the provider has a monthly quota. */
  searches: instants('searches')
    .notNull()
    .default(sql`'{}'`),
  /** Outage verdict: most assets showed one symptom in one run. Until a probe succeeds, runs request one asset only. */
  outageSince: instant('outage_since'),
  outageSymptom: text('outage_symptom'),
  lastSuccessAt: instant('last_success_at'),
  lastFailureAt: instant('last_failure_at'),
});
