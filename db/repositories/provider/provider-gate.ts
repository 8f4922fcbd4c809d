import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';

/** A provider's limits, enforced over all workers by its row in provider_state. */
export interface GatePolicy {
  /**
   * At most `burst` requests reach the provider in any `windowMs`. A request counts from its start until one window after
   * its END: it arrives at some time in between, so no delay on the way can break the limit.
   */
  burst: number;
  windowMs: number;
  /** Requests under way at once. */
  maxInFlight: number;
  /** Calls per calendar month; null = not limited. */
  monthlyQuota: number | null;
}

export interface Permit {
  provider: ProviderId;
  /** PostgreSQL's clock when the permit was taken, in its text form (microseconds): `fetched_at` of the payload. */
  takenAt: string;
  /** The same, epoch ms. */
  takenAtMs: number;
  /** When the request stops counting as under way if its end is never reported; identifies its lease. */
  lease: string;
}

/** A permit, or how long to wait before trying again, and the kind of failure that caused the block, if there is one. */
export type PermitDecision =
  | { permit: Permit }
  | { waitMs: number; reason: string | null; type: string | null; failures: number; blocked: boolean };

/**
 * Does not wait for the disk: a crash of the server loses the last permits and log rows, but no bar. Otherwise the one row of
 * a provider would make every request wait for the flush of every other.
 */
const NO_WAIT = `set_config('synchronous_commit', 'off', true)`;

/** Requests under way, and those that ended less than a window ($4, ms) ago. */
const IN_FLIGHT = `(select count(*) from unnest(s.leases) t where t > clock_timestamp())`;
const RECENT = `(select count(*) from unnest(s.ends) t where t > clock_timestamp() - $4 * interval '1 ms')`;
/** Returns the lease $2. */
const RETURN_LEASE = `leases = array_remove(s.leases, $2::timestamptz), ends = s.ends || clock_timestamp()`;

/** A request whose end is never reported (its worker was killed) stops counting as under way after this. */
const LEASE_SECONDS = 40;

/** Adds the rows of providers that have none. */
export async function ensureProviders(db: Queryable, providers: readonly ProviderId[]): Promise<void> {
  await db.query(`insert into provider_state (provider) select unnest($1::text[])::provider on conflict do nothing`, [
    providers,
  ]);
}

/** Takes a permit with one UPDATE, or returns how long to wait. One clock decides: PostgreSQL's. */
export async function takePermit(db: Queryable, provider: ProviderId, policy: GatePolicy): Promise<PermitDecision> {
  const { rows } = await db.query<{ takenAt: string; lease: string }>({
    name: 'take-permit',
    text: `update provider_state s set
        ends = array(select t from unnest(s.ends) t where t > clock_timestamp() - interval '1 minute'),
        leases = array(select t from unnest(s.leases) t where t > clock_timestamp() order by t) || clock_timestamp() + $5 * interval '1 s',
        quota_month = date_trunc('month', clock_timestamp() at time zone 'utc')::date,
        quota_used = case when quota_month = date_trunc('month', clock_timestamp() at time zone 'utc')::date then quota_used else 0 end + 1
      where provider = $1 and blocked_until <= clock_timestamp()
        and ${IN_FLIGHT} < case when blocked_until = '-infinity' then $2 else 1 end -- after a block, one request probes
        and ${IN_FLIGHT} + ${RECENT} < $3
        and ($6::int is null or quota_used < $6 or quota_month <> date_trunc('month', clock_timestamp() at time zone 'utc')::date)
      returning (leases[cardinality(leases)] - $5 * interval '1 s')::text as "takenAt", leases[cardinality(leases)]::text as lease, ${NO_WAIT}`,
    values: [provider, policy.maxInFlight, policy.burst, policy.windowMs, LEASE_SECONDS, policy.monthlyQuota],
  });
  const taken = rows[0];
  if (taken) {
    const takenAtMs = Date.parse(taken.takenAt.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
    return { permit: { provider, ...taken, takenAtMs } };
  }
  return findWait(db, provider, policy);
}

async function findWait(db: Queryable, provider: ProviderId, policy: GatePolicy): Promise<PermitDecision> {
  const { rows } = await db.query<{
    blocked: number;
    busy: number;
    paced: number;
    spent: boolean;
    reason: string | null;
    type: string | null;
    failures: number;
  }>(
    `select case when blocked_until > clock_timestamp() then extract(epoch from blocked_until - clock_timestamp()) * 1000 else 0 end::float8 as blocked,
      case when ${IN_FLIGHT} >= least($2::int, $3::int) then 15 else 0 end::float8 as busy,
      coalesce((select extract(epoch from t + $4 * interval '1 ms' - clock_timestamp()) * 1000
        from unnest(s.ends) t where t > clock_timestamp() - $4 * interval '1 ms'
        order by t desc offset greatest($3::int - 1 - ${IN_FLIGHT}, 0) limit 1), 0)::float8 as paced,
      coalesce($5::int is not null and quota_used >= $5 and quota_month = date_trunc('month', clock_timestamp() at time zone 'utc')::date, false) as spent,
      blocked_reason as reason, blocked_type as type, failures
    from provider_state s where provider = $1`,
    [provider, policy.maxInFlight, policy.burst, policy.windowMs, policy.monthlyQuota],
  );
  const row = rows[0];
  if (!row) throw new RangeError(`provider_state has no row for ${provider}: run the set-up first`);
  if (row.spent)
    return {
      waitMs: 3_600_000,
      reason: `the month's ${policy.monthlyQuota} calls are used up`,
      type: 'RateLimited',
      failures: 0,
      blocked: true,
    };
  const { reason, type, failures } = row;
  if (row.blocked > 0) return { waitMs: row.blocked, reason, type, failures, blocked: true };
  return { waitMs: Math.max(5, row.busy, row.paced), reason: null, type: null, failures, blocked: false };
}

/** Returns a permit without a verdict about the provider: the request was given up for a reason of ours. */
export async function returnPermit(db: Queryable, permit: Permit): Promise<void> {
  await db.query({
    name: 'return-permit',
    text: `update provider_state s set ${RETURN_LEASE} where provider = $1 returning ${NO_WAIT}`,
    values: [permit.provider, permit.lease],
  });
}

/**
 * Ends a request that succeeded: the breaker closes, unless it opened while this request was under way. A response that was
 * on its way when another request got a 429 shows nothing about the time after it.
 */
export async function releasePermit(db: Queryable, permit: Permit): Promise<void> {
  await db.query({
    name: 'release-permit',
    text: `update provider_state s set ${RETURN_LEASE}, last_success_at = clock_timestamp(),
        (failures, blocks, blocked_until, blocked_reason, blocked_type) = (
          select case when after.block then 0 else s.failures end, case when after.block then 0 else s.blocks end,
            case when after.block then '-infinity' else s.blocked_until end, case when after.block then null else s.blocked_reason end,
            case when after.block then null else s.blocked_type end
          from (select s.blocked_until <= $3::timestamptz as block) after)
      where provider = $1 returning ${NO_WAIT}`,
    values: [permit.provider, permit.lease, permit.takenAt],
  });
}

/**
 * Ends a request that failed.
 * @param block blocks all requests to the provider for a while; `ms` takes the failures and blocks since the last success,
 *   this failure included, and returns null for no block
 */
export async function failPermit(
  db: Queryable,
  permit: Permit,
  block: { reason: string; type: string; ms: (failures: number, blocks: number) => number | null },
): Promise<void> {
  const { rows } = await db.query<{ failures: number; blocks: number }>({
    name: 'fail-permit',
    text: `update provider_state s set ${RETURN_LEASE}, failures = failures + 1, last_failure_at = clock_timestamp()
      where provider = $1 returning failures, blocks`,
    values: [permit.provider, permit.lease],
  });
  const { failures, blocks } = rows[0] ?? { failures: 1, blocks: 0 };
  const ms = block.ms(failures, blocks);
  if (ms === null) return;
  await db.query({
    name: 'block-provider',
    text: `update provider_state set blocked_until = greatest(blocked_until, clock_timestamp() + $2 * interval '1 ms'), blocked_reason = $3, blocked_type = $4, blocks = blocks + 1
      where provider = $1`,
    values: [permit.provider, ms, block.reason, block.type],
  });
}

/** A row of provider_calls. */
export interface ProviderCall {
  provider: ProviderId;
  startedAt: string;
  durationMs: number;
  status: number | null;
  error: string | null;
  message: string | null;
  url: string | null;
  bytes: number | null;
  payloadId: number | null;
  runId: string;
}

export async function recordCall(db: Queryable, call: ProviderCall): Promise<void> {
  await db.query({
    name: 'record-call',
    text: `insert into provider_calls (provider, started_at, duration_ms, status, error, message, url, bytes, payload_id, run_id)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      returning ${NO_WAIT}`,
    values: [
      call.provider,
      call.startedAt,
      call.durationMs,
      call.status,
      call.error,
      call.message,
      call.url,
      call.bytes,
      call.payloadId,
      call.runId,
    ],
  });
}
