import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';

/** A provider's limits, enforced over all workers by its row in provider_state. */
export interface GatePolicy {
  /**
   * At most `burst` requests reach the provider in any `windowMs`. A request counts from its start until one window after
   * its END: it arrives at some time in between, so no delay on the way can break the limit. All lanes of a provider have
   * the same burst.
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
  /** When the permit lapses unless it is renewed; identifies it. */
  lease: string;
  /** The same or a little earlier, by this process's clock (`performance.now()`): no request may be in progress after it. */
  lapsesAt: number;
}

/** A permit, or how long to wait before trying again, and the kind of failure that caused the block, if there is one. */
export type PermitDecision =
  | { permit: Permit }
  | { waitMs: number; reason: string | null; type: string | null; failures: number; blocked: boolean };

/**
 * Does not wait for the disk: a crash of the server loses the last permits and log rows, but no bar. Otherwise the one row of
 * a provider would make every request wait for the flush of every other.
 */
export const NO_WAIT = `set_config('synchronous_commit', 'off', true)`;

/** The type of the block of a provider that is off. */
export const OFF = 'ProviderOff';

/**
 * The type that stands without a block: the last answer of the provider refused our key (contracts/failures.ts). It sets
 * refusals apart from other failures, so that neither counts towards the other's row.
 */
const KEY_REFUSED = 'KeyRefused';
/** @param row of provider_state, by its alias */
export const isKeyRefused = (row: string): string => `(${row}.blocked_type is not distinct from '${KEY_REFUSED}')`;

/** A permit that is not renewed for this long lapses: its worker was killed, or is cut off. */
export const LEASE_MS = 8_000;

/**
 * Later than any instant that this clock can have noted: one from before the server's clock was set back. It must not count
 * until the clock is there again.
 */
const FUTURE = `clock_timestamp() + interval '${2 * LEASE_MS} ms'`;
/** Requests in progress. @param row of provider_state, by its alias */
export const inFlight = (row: string): string =>
  `(select count(*)::int from unnest(${row}.leases) t where t > clock_timestamp() and t < ${FUTURE})`;
/** Blocked, and not since a failure that is yet to come. @param row of provider_state, by its alias */
export const isBlocked = (row: string): string =>
  `(${row}.blocked_until > clock_timestamp() and (${row}.blocked_type is not distinct from '${OFF}' or coalesce(${row}.last_failure_at < ${FUTURE}, true)))`;
const IN_FLIGHT = inFlight('s');
const IS_BLOCKED = isBlocked('s');
/** The most requests under way at once: $2, but after a block one, the probe. */
const MOST_IN_FLIGHT = `case when s.blocked_until = '-infinity' then $2::int else 1 end`;
/** Requests under way, and those that ended less than a window ($4, ms) ago. A lease that lapsed is a request that ended then. */
const COUNTED = `(select count(*) from unnest(s.ends || s.leases) t where t > clock_timestamp() - $4 * interval '1 ms' and t < ${FUTURE})`;
/** Returns the lease $2. */
const RETURN_LEASE = `leases = array_remove(s.leases, $2::timestamptz), ends = s.ends || clock_timestamp()`;
/** A lapsed permit changes nothing any more: another may have taken its place. */
const IS_HELD = `s.provider = $1 and $2::timestamptz = any(s.leases)`;
/** Closes the breaker, unless it opened while this request, sent at $3, was under way. @param failures, type in SQL, if it closes */
const closeBreaker = (failures: string, type: string): string =>
  `(failures, blocks, blocked_until, blocked_reason, blocked_type) = (
    select case when after.block then ${failures} else s.failures end, case when after.block then 0 else s.blocks end,
      case when after.block then '-infinity' else s.blocked_until end, case when after.block then null else s.blocked_reason end,
      case when after.block then ${type} else s.blocked_type end
    from (select s.blocked_until <= $3::timestamptz as block) after)`;

/** Adds the rows of providers that have none. */
export async function ensureProviders(db: Queryable, providers: readonly ProviderId[]): Promise<void> {
  await db.query(`insert into provider_state (provider) select unnest($1::text[])::provider on conflict do nothing`, [
    providers,
  ]);
}

/** Blocks providers that are off, and no longer those that were. @param off each with the reason, in words */
export async function markProvidersOff(db: Queryable, off: ReadonlyMap<ProviderId, string>): Promise<void> {
  await db.query(
    `update provider_state s set (blocked_until, blocked_reason, blocked_type) =
        (case when o.reason is null then '-infinity' else '9999-12-31'::timestamptz end, o.reason, case when o.reason is not null then $3 end)
      from provider_state p left join unnest($1::provider[], $2::text[]) o(provider, reason) on o.provider = p.provider
      where p.provider = s.provider and (o.reason is not null or s.blocked_type = $3)`,
    [[...off.keys()], [...off.values()], OFF],
  );
}

/** The providers that are off, each with the reason in words. */
export async function providersMarkedOff(db: Queryable): Promise<Map<ProviderId, string>> {
  const { rows } = await db.query<{ provider: ProviderId; reason: string }>(
    'select provider, blocked_reason as reason from provider_state where blocked_type = $1',
    [OFF],
  );
  return new Map(rows.map(({ provider, reason }) => [provider, reason]));
}

/** Takes a permit with one UPDATE, or returns how long to wait. One clock decides: PostgreSQL's. */
export async function takePermit(db: Queryable, provider: ProviderId, policy: GatePolicy): Promise<PermitDecision> {
  const lapsesAt = performance.now() + LEASE_MS;
  // of the ends, only the newest `burst` can matter
  const { rows } = await db.query<{ takenAt: string; lease: string }>({
    name: 'take-permit',
    text: `update provider_state s set
        (ends, leases) = (
          select array(select t from unnest(s.ends || s.leases) t where t <= c.now order by t desc limit $3),
            array(select t from unnest(s.leases) t where t > c.now and t < ${FUTURE}) || c.now + $5 * interval '1 ms'
          from (select clock_timestamp() as now) c),
        blocked_until = least(s.blocked_until, now()),
        last_failure_at = case when s.last_failure_at is not null then least(s.last_failure_at, clock_timestamp()) end,
        quota_month = date_trunc('month', clock_timestamp() at time zone 'utc')::date,
        quota_used = case when quota_month = date_trunc('month', clock_timestamp() at time zone 'utc')::date then quota_used else 0 end + 1
      where provider = $1 and not ${IS_BLOCKED}
        and ${IN_FLIGHT} < ${MOST_IN_FLIGHT}
        and ${COUNTED} < $3
        and ($6::int is null or quota_used < $6 or quota_month <> date_trunc('month', clock_timestamp() at time zone 'utc')::date)
      returning (leases[cardinality(leases)] - $5 * interval '1 ms')::text as "takenAt", leases[cardinality(leases)]::text as lease, ${NO_WAIT}`,
    values: [provider, policy.maxInFlight, policy.burst, policy.windowMs, LEASE_MS, policy.monthlyQuota],
  });
  const taken = rows[0];
  if (taken) {
    const takenAtMs = Date.parse(taken.takenAt.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
    return { permit: { provider, ...taken, takenAtMs, lapsesAt } };
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
    `select case when ${IS_BLOCKED} then extract(epoch from blocked_until - clock_timestamp()) * 1000 else 0 end::float8 as blocked,
      case when ${IN_FLIGHT} >= least(${MOST_IN_FLIGHT}, $3::int) then 15 else 0 end::float8 as busy,
      coalesce((select extract(epoch from t + $4 * interval '1 ms' - clock_timestamp()) * 1000
        from unnest(s.ends || s.leases) t where t between clock_timestamp() - $4 * interval '1 ms' and clock_timestamp()
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
      type: 'QuotaSpent',
      failures: 0,
      blocked: true,
    };
  const { reason, type, failures } = row;
  if (row.blocked > 0) return { waitMs: row.blocked, reason, type, failures, blocked: true };
  return { waitMs: Math.max(5, row.busy, row.paced), reason: null, type: null, failures, blocked: false };
}

/** Extends a permit, unless it has lapsed, by a whole lease: changes its `lease` and `lapsesAt`. */
export async function renewPermit(db: Queryable, permit: Permit): Promise<void> {
  const lapsesAt = performance.now() + LEASE_MS;
  const { rows } = await db.query<{ lease: string }>({
    name: 'renew-permit',
    text: `update provider_state s set
        leases = array_remove(s.leases, $2::timestamptz) || clock_timestamp() + $3 * interval '1 ms'
      where ${IS_HELD} and $2::timestamptz > clock_timestamp() returning leases[cardinality(leases)]::text as lease, ${NO_WAIT}`,
    values: [permit.provider, permit.lease, LEASE_MS],
  });
  if (rows[0]) Object.assign(permit, { lease: rows[0].lease, lapsesAt });
}

/** Returns a permit without a verdict about the provider: the request was given up for a reason of ours. */
export async function returnPermit(db: Queryable, permit: Permit): Promise<void> {
  await db.query({
    name: 'return-permit',
    text: `update provider_state s set ${RETURN_LEASE} where ${IS_HELD} returning ${NO_WAIT}`,
    values: [permit.provider, permit.lease],
  });
}

/**
 * Ends a request that succeeded: the breaker closes, unless it opened while this request was under way. A response that was
 * on its way when another request got a 429 shows nothing about the time after it.
 * @returns whether the permit was still held; if not, nothing has changed
 */
export async function releasePermit(db: Queryable, permit: Permit): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'release-permit',
    text: `update provider_state s set ${RETURN_LEASE}, last_success_at = clock_timestamp(), ${closeBreaker('0', 'null')}
      where ${IS_HELD} returning ${NO_WAIT}`,
    values: [permit.provider, permit.lease, permit.takenAt],
  });
  return rowCount === 1;
}

/**
 * Ends a request whose answer refused our key; changes nothing if the permit has lapsed. The provider answers, so the breaker
 * closes as after a success, but the refusals in a row count as failures.
 */
export async function refusePermit(db: Queryable, permit: Permit): Promise<void> {
  const inRow = `case when ${isKeyRefused('s')} then s.failures + 1 else 1 end`;
  await db.query({
    name: 'refuse-permit',
    text: `update provider_state s set ${RETURN_LEASE}, last_failure_at = clock_timestamp(), ${closeBreaker(inRow, `'${KEY_REFUSED}'`)}
      where ${IS_HELD} returning ${NO_WAIT}`,
    values: [permit.provider, permit.lease, permit.takenAt],
  });
}

/**
 * Ends a request that failed; changes nothing if the permit has lapsed.
 * @param block blocks all requests to the provider for a while; `ms` takes the failures since the last answer, this one
 *   included, and the blocks that came before this request was sent; it returns null for no block
 * @returns for how long the provider is blocked now, ms; null if this failure blocks nothing
 */
export async function failPermit(
  db: Queryable,
  permit: Permit,
  block: { reason: string; type: string; ms: (failures: number, blocks: number) => number | null },
): Promise<number | null> {
  // requests that were under way together and fail together make one block, not one each
  const { rows } = await db.query<{ failures: number; blocks: number }>({
    name: 'fail-permit',
    text: `update provider_state s set ${RETURN_LEASE}, failures = case when ${isKeyRefused('s')} then 1 else failures + 1 end,
        blocked_type = nullif(s.blocked_type, '${KEY_REFUSED}'), last_failure_at = clock_timestamp()
      where ${IS_HELD} returning failures, blocks - (blocked_until > $3::timestamptz)::int as blocks`,
    values: [permit.provider, permit.lease, permit.takenAt],
  });
  const [failed] = rows;
  const ms = failed ? block.ms(failed.failures, failed.blocks) : null;
  if (!failed || ms === null) return null;
  const blocked = await db.query<{ ms: number }>({
    name: 'block-provider',
    text: `update provider_state set blocked_until = greatest(blocked_until, clock_timestamp() + $2 * interval '1 ms'), blocked_reason = $3, blocked_type = $4, blocks = $5 + 1
      where provider = $1 and blocked_type is distinct from '${OFF}' returning ceil(extract(epoch from blocked_until - clock_timestamp()) * 1000)::int as ms`,
    values: [permit.provider, ms, block.reason, block.type, failed.blocks],
  });
  return blocked.rows[0]?.ms ?? null;
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
  /** Null if it is not part of a run. */
  runId: string | null;
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
