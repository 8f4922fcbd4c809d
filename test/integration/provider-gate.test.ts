import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  failPermit,
  LEASE_MS,
  markProvidersOff,
  providersMarkedOff,
  refusePermit,
  releasePermit,
  renewPermit,
  returnPermit,
  takePermit,
  type GatePolicy,
  type Permit,
} from '../../db/repositories/provider/provider-gate.js';
import { HOUR } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false, max: 20 });

beforeEach(async () => {
  await store.pool.query(
    `update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity', blocked_type = null, failures = 0, blocks = 0, quota_used = 0,
      last_failure_at = null`,
  );
});

const POLICY: GatePolicy = { burst: 5, windowMs: 300, maxInFlight: 3, monthlyQuota: null };
const take = (policy = POLICY) => takePermit(store.pool, 'yahoo', policy);
const taken = async (policy = POLICY): Promise<Permit> => {
  for (;;) {
    const answer = await take(policy);
    if ('permit' in answer) return answer.permit;
    await sleep(answer.waitMs);
  }
};

/** A start is known in whole ms. */
const CLOCK_STEP_MS = 1;
const databaseClock = async () => {
  const { rows } = await store.pool.query<{ now: number }>(
    `select extract(epoch from clock_timestamp())::float8 * 1000 as now`,
  );
  return rows[0]!.now;
};

describe('the gate of a provider', () => {
  it('never lets more requests arrive in a window than allowed, however many ask', async () => {
    const starts = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const slot = await taken();
        await releasePermit(store.pool, slot);
        return slot.takenAtMs;
      }),
    );
    starts.sort((a, b) => a - b);
    for (let i = POLICY.burst; i < starts.length; i++)
      expect(starts[i]! - starts[i - POLICY.burst]!).toBeGreaterThanOrEqual(POLICY.windowMs - 1);
  });

  it('never lets more requests be under way at once than allowed', async () => {
    const slots = await Promise.all([taken(), taken(), taken()]);
    expect(await take()).toMatchObject({ blocked: false });
    await releasePermit(store.pool, slots[0]);
    expect(await take()).toHaveProperty('permit');
    expect(await take()).not.toHaveProperty('permit');
  });

  it('measures the gap from the end of a request', async () => {
    const one: GatePolicy = { burst: 1, windowMs: 200, maxInFlight: 1, monthlyQuota: null };
    const first = await taken(one);
    await sleep(150);
    const releasing = Date.now();
    await releasePermit(store.pool, first);
    await taken(one);
    expect(Date.now() - releasing).toBeGreaterThanOrEqual(one.windowMs - CLOCK_STEP_MS);
  });

  it('counts a request from its start until a window after its end, whatever the limits and delays', async () => {
    const request = fc.record({ after: fc.integer({ min: 0, max: 40 }), takes: fc.integer({ min: 0, max: 60 }) });
    const limits = fc.record({
      burst: fc.integer({ min: 1, max: 6 }),
      windowMs: fc.integer({ min: 10, max: 90 }),
      maxInFlight: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(limits, fc.array(request, { minLength: 8, maxLength: 16 }), async (limited, requests) => {
        const policy = { ...limited, monthlyQuota: null };
        await store.pool.query(`update provider_state set ends = '{}', leases = '{}'`);
        const sent = await Promise.all(
          requests.map(async ({ after, takes }) => {
            await sleep(after);
            const permit = await taken(policy);
            await sleep(takes);
            const end = await databaseClock();
            await releasePermit(store.pool, permit);
            return { start: permit.takenAtMs, end };
          }),
        );
        for (const { start } of sent) {
          const counted = sent.filter(
            (other) => other.start <= start && other.end > start - policy.windowMs + CLOCK_STEP_MS,
          );
          expect(counted.length).toBeLessThanOrEqual(policy.burst);
          const underWay = sent.filter((other) => other.start <= start && other.end > start + CLOCK_STEP_MS);
          expect(underWay.length).toBeLessThanOrEqual(policy.maxInFlight);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('keeps no more ends than can matter', async () => {
    const policy = { ...POLICY, windowMs: 1 };
    for (let i = 0; i < 3 * POLICY.burst; i++) await releasePermit(store.pool, await taken(policy));
    const { rows } = await store.pool.query(
      `select cardinality(ends) as ends, cardinality(leases) as leases from provider_state where provider = 'yahoo'`,
    );
    expect(rows).toEqual([{ ends: POLICY.burst + 1, leases: 0 }]);
  });

  describe('whose request never says that it ended', () => {
    /** As if this time had passed. */
    const pass = (ms: number) =>
      store.pool.query(
        `update provider_state set leases = array(select t - $1 * interval '1 ms' from unnest(leases) t),
          ends = array(select t - $1 * interval '1 ms' from unnest(ends) t)`,
        [ms],
      );

    it('waits until its permit lapses, and then for a window: it may have arrived at any time', async () => {
      const long = { ...POLICY, burst: 3, windowMs: 60_000 };
      await Promise.all([taken(long), taken(long), taken(long)]);
      await pass(LEASE_MS - 1_000);
      expect(await take(long)).not.toHaveProperty('permit');
      await pass(2_000);
      expect(await take(long)).toMatchObject({ blocked: false });
      await pass(long.windowMs);
      expect(await take(long)).toHaveProperty('permit');
    });

    it('keeps its place while its permit is renewed', async () => {
      const one = { ...POLICY, maxInFlight: 1 };
      const permit = await taken(one);
      for (let i = 0; i < 3; i++) {
        const shifted = await passFor(permit, LEASE_MS / 2);
        await renewPermit(store.pool, shifted);
        Object.assign(permit, shifted);
      }
      expect(await take(one)).not.toHaveProperty('permit');
      expect(await releasePermit(store.pool, permit)).toBe(true);
    });

    it('changes nothing when it comes back after another has taken its place', async () => {
      const one = { ...POLICY, maxInFlight: 1, windowMs: 1 };
      const zombie = await passFor(await taken(one), LEASE_MS + 1_000);
      const lapsed = { ...zombie };
      await renewPermit(store.pool, lapsed);
      expect(lapsed).toEqual(zombie);
      const successor = await taken(one);
      const before = await row();
      expect(await releasePermit(store.pool, zombie)).toBe(false);
      await failPermit(store.pool, zombie, { reason: 'late', type: 'ProviderUnavailable', ms: () => 60_000 });
      await renewPermit(store.pool, zombie);
      await returnPermit(store.pool, zombie);
      expect(await row()).toEqual(before);
      expect(await releasePermit(store.pool, successor)).toBe(true);
    });

    const row = async () =>
      (await store.pool.query<object>(`select * from provider_state where provider = 'yahoo'`)).rows;

    /** As if so much time had passed for a permit. @returns it as its holder would know it */
    async function passFor(permit: Permit, ms: number): Promise<Permit> {
      await pass(ms);
      const { rows } = await store.pool.query<{ lease: string }>(
        `select ($1::timestamptz - $2 * interval '1 ms')::text as lease`,
        [permit.lease, ms],
      );
      return { ...permit, lease: rows[0]!.lease };
    }
  });

  it('keeps everyone out after a block, then lets one request probe until it goes well', async () => {
    const slot = await taken();
    await failPermit(store.pool, slot, { reason: '429 Too Many Requests', type: 'RateLimited', ms: () => HOUR });
    const pass = (ms: number) =>
      store.pool.query(`update provider_state set blocked_until = blocked_until - $1 * interval '1 ms'`, [ms]);
    await pass(HOUR / 2);
    expect(await take()).toMatchObject({ blocked: true, reason: '429 Too Many Requests' });
    await pass(HOUR / 2);
    const probe = await taken();
    expect(await take()).toMatchObject({ waitMs: 15, blocked: false });
    await releasePermit(store.pool, probe);
    expect(await take()).toHaveProperty('permit');
  });

  it('stays closed when an answer comes that was on its way before the block', async () => {
    const [early, refused] = [await taken(), await taken()];
    await failPermit(store.pool, refused, { reason: '429 Too Many Requests', type: 'RateLimited', ms: () => 60_000 });
    await releasePermit(store.pool, early);
    expect(await take()).toMatchObject({ blocked: true, reason: '429 Too Many Requests' });
  });

  it('stays off, and nothing else blocks it, if a request that was under way fails', async () => {
    const permit = await taken();
    await markProvidersOff(store.pool, new Map([[permit.provider, 'no key']]));
    const failed = await failPermit(store.pool, permit, { reason: '429', type: 'RateLimited', ms: () => 200 });
    expect(failed).toBeNull();
    expect(await providersMarkedOff(store.pool)).toEqual(new Map([[permit.provider, 'no key']]));
    await markProvidersOff(store.pool, new Map());
    expect(await taken()).toBeDefined();
  });

  it('counts one block if requests that were under way together are refused together', async () => {
    const seen: number[] = [];
    const refuse = async (permit: Permit) => {
      const ms = (_: number, blocks: number) => (seen.push(blocks), 200);
      const blockedMs = await failPermit(store.pool, permit, { reason: '429', type: 'RateLimited', ms });
      expect(blockedMs).toBeGreaterThan(0);
      expect(blockedMs).toBeLessThanOrEqual(200);
    };
    for (const permit of [await taken(), await taken(), await taken()]) await refuse(permit);
    expect(seen).toEqual([0, 0, 0]);
    await refuse(await taken());
    expect(seen).toEqual([0, 0, 0, 1]);
  });

  it('keeps the kind of failure that caused a block, until a request goes well', async () => {
    await failPermit(store.pool, await taken(), { reason: 'refused', type: 'ProviderUnavailable', ms: () => 60_000 });
    expect(await take()).toMatchObject({ blocked: true, type: 'ProviderUnavailable', failures: 1 });
    await store.pool.query('update provider_state set blocked_until = now()');
    await releasePermit(store.pool, await taken());
    const { rows } = await store.pool.query(`select blocked_type from provider_state where provider = 'yahoo'`);
    expect(rows).toEqual([{ blocked_type: null }]);
  });

  it('counts failures in a row', async () => {
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      await failPermit(store.pool, await taken(), {
        reason: 'down',
        type: 'ProviderUnavailable',
        ms: (failures) => (seen.push(failures), null),
      });
    }
    await releasePermit(store.pool, await taken());
    await failPermit(store.pool, await taken(), {
      reason: 'down',
      type: 'ProviderUnavailable',
      ms: (failures) => (seen.push(failures), null),
    });
    expect(seen).toEqual([1, 2, 3, 1]);
  });

  it('opens to all after a block if the probe is answered, though the key is refused', async () => {
    await failPermit(store.pool, await taken(), { reason: 'down', type: 'ProviderUnavailable', ms: () => 60_000 });
    await store.pool.query('update provider_state set blocked_until = now()');
    await refusePermit(store.pool, await taken());
    expect([await take(), await take()]).toEqual([{ permit: expect.anything() }, { permit: expect.anything() }]);
  });

  it('counts refusals of the key and other failures apart', async () => {
    const state = async () => {
      const { rows } = await store.pool.query<object>(
        `select failures, blocked_type as type from provider_state where provider = 'yahoo'`,
      );
      return rows[0];
    };
    const fail = async () =>
      failPermit(store.pool, await taken(), { reason: 'down', type: 'ProviderUnavailable', ms: () => null });
    for (let i = 0; i < 2; i++) await fail();
    for (let i = 0; i < 4; i++) await refusePermit(store.pool, await taken());
    expect(await state()).toEqual({ failures: 4, type: 'KeyRefused' });
    await fail();
    expect(await state()).toEqual({ failures: 1, type: null });
    await refusePermit(store.pool, await taken());
    await releasePermit(store.pool, await taken());
    expect(await state()).toEqual({ failures: 0, type: null });
  });

  it('stays blocked, and off, if the key of a request that was under way is refused', async () => {
    const [early, later, failing] = [await taken(), await taken(), await taken()];
    await failPermit(store.pool, failing, { reason: '429', type: 'RateLimited', ms: () => 60_000 });
    await refusePermit(store.pool, early);
    expect(await take()).toMatchObject({ blocked: true, type: 'RateLimited' });
    await markProvidersOff(store.pool, new Map([['yahoo', 'no key']]));
    await refusePermit(store.pool, later);
    expect(await providersMarkedOff(store.pool)).toEqual(new Map([['yahoo', 'no key']]));
    await markProvidersOff(store.pool, new Map());
  });

  it("stops at the month's quota, and begins anew with the next month", async () => {
    const limited = { ...POLICY, burst: 100, monthlyQuota: 2 };
    for (let i = 0; i < 2; i++) await releasePermit(store.pool, await taken(limited));
    expect(await take(limited)).toMatchObject({
      blocked: true,
      reason: expect.stringContaining('2 calls are used up'),
    });
    await store.pool.query(`update provider_state set quota_month = quota_month - interval '1 month'`);
    expect(await take(limited)).toHaveProperty('permit');
  });
});
