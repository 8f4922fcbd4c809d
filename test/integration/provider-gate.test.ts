import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  failPermit,
  releasePermit,
  takePermit,
  type GatePolicy,
  type Permit,
} from '../../db/repositories/provider/provider-gate.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false, max: 20 });

beforeEach(async () => {
  await store.pool.query(
    `update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity', failures = 0, blocks = 0, quota_used = 0`,
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
    await releasePermit(store.pool, first);
    const released = Date.now();
    await taken(one);
    expect(Date.now() - released).toBeGreaterThanOrEqual(195);
  });

  it('forgets a request that never says that it ended', async () => {
    await Promise.all([taken(), taken(), taken()]);
    await store.pool.query(
      `update provider_state set leases = array(select t - interval '1 hour' from unnest(leases) t), ends = '{}'`,
    );
    expect(await take()).toHaveProperty('permit');
  });

  it('keeps everyone out after a block, then lets one request probe until it goes well', async () => {
    const slot = await taken();
    await failPermit(store.pool, slot, { reason: '429 Too Many Requests', type: 'RateLimited', ms: () => 2_000 });
    expect(await take()).toMatchObject({ blocked: true, reason: '429 Too Many Requests' });
    const probe = await taken();
    expect(probe.takenAtMs - slot.takenAtMs).toBeGreaterThanOrEqual(2_000);
    expect(await take()).not.toHaveProperty('permit');
    await releasePermit(store.pool, probe);
    expect(await take()).toHaveProperty('permit');
  });

  it('stays closed when an answer comes that was on its way before the block', async () => {
    const [early, refused] = [await taken(), await taken()];
    await failPermit(store.pool, refused, { reason: '429 Too Many Requests', type: 'RateLimited', ms: () => 60_000 });
    await releasePermit(store.pool, early);
    expect(await take()).toMatchObject({ blocked: true, reason: '429 Too Many Requests' });
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

  it("stops at the month's quota, and begins anew with the next month", async () => {
    const limited = { ...POLICY, burst: 100, monthlyQuota: 2 };
    for (let i = 0; i < 2; i++) await releasePermit(store.pool, await taken(limited));
    expect(await take(limited)).toMatchObject({
      blocked: true,
      reason: expect.stringContaining('2 calls are used up') as unknown,
    });
    await store.pool.query(`update provider_state set quota_month = quota_month - interval '1 month'`);
    expect(await take(limited)).toHaveProperty('permit');
  });
});
