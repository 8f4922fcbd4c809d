import { beforeEach, describe, expect, it } from 'vitest';
import {
  failPermit,
  type GatePolicy,
  markProvidersOff,
  type Permit,
  releasePermit,
  takePermit,
} from '../../db/repositories/provider/provider-gate.js';
import { ProviderReader } from '../../db/repositories/provider/provider-reader.js';
import { earlierSources } from '../../db/repositories/read/earlier-sources.js';
import { readAssetsInOutage } from '../../db/repositories/read/source-outages.js';
import { HOUR } from '../../domain/timeframe.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { providerState } from '../../planning/provider-state.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false });

beforeEach(async () => {
  await store.pool.query(
    `update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity', failures = 0, blocks = 0,
      last_failure_at = null`,
  );
});

const POLICY: GatePolicy = { burst: 50, windowMs: 100, maxInFlight: 3, monthlyQuota: null };
const FAILED = { reason: '429', type: 'RateLimited', ms: () => 60_000 };
const take = (policy = POLICY) => takePermit(store.pool, 'yahoo', policy);
const taken = async (policy = POLICY): Promise<Permit> => {
  const answer = await take(policy);
  if ('permit' in answer) return answer.permit;
  throw new Error(`no permit: ${JSON.stringify(answer)}`);
};

const setBackClock = () =>
  store.pool.query(
    `update provider_state set leases = array(select t + interval '2 hours' from unnest(leases) t),
      ends = array(select t + interval '2 hours' from unnest(ends) t), blocked_until = blocked_until + interval '2 hours',
      last_failure_at = last_failure_at + interval '2 hours'`,
  );

describe("after the server's clock was set back, the gate of a provider", () => {
  it('does not wait until it is there again for requests that have ended or are under way', async () => {
    const slow: GatePolicy = { burst: 3, windowMs: HOUR, maxInFlight: 2, monthlyQuota: null };
    await releasePermit(store.pool, await taken(slow));
    const open = [await taken(slow), await taken(slow)];
    expect(await take(slow)).not.toHaveProperty('permit');
    await setBackClock();
    expect(await take(slow)).toHaveProperty('permit');
    expect(await releasePermit(store.pool, open[0]!)).toBe(false);
  });

  it('lets a request probe a provider that was blocked before, and opens it to all when that goes well', async () => {
    await failPermit(store.pool, await taken(), FAILED);
    expect(await take()).toMatchObject({ blocked: true });
    await setBackClock();
    const probe = await taken();
    expect(await take()).toMatchObject({ blocked: false });
    expect(await failPermit(store.pool, probe, FAILED)).toBeLessThanOrEqual(60_000);
    await setBackClock();
    await releasePermit(store.pool, await taken());
    expect(await Promise.all([take(), take()])).toEqual([{ permit: expect.anything() }, { permit: expect.anything() }]);
  });

  it('keeps a provider off that is off', async () => {
    await markProvidersOff(store.pool, new Map([['yahoo', 'no key']]));
    await store.pool.query(`update provider_state set last_failure_at = now() + interval '2 hours'`);
    expect(await take()).toMatchObject({ blocked: true, reason: 'no key' });
    await markProvidersOff(store.pool, new Map());
  });
});

describe("after the server's clock was set back, a provider that was blocked before", () => {
  const read = async () => {
    const { pool } = store;
    const { rows } = await pool.query<{ id: number }>(`select id from assets where source_of = $1`, [
      store.assetId('SPY'),
    ]);
    const standing = (await new ProviderReader(pool).standings()).find(({ provider }) => provider === 'yahoo')!;
    return {
      ...{ state: providerState(standing), inFlight: standing.inFlight },
      isOut: (await earlierSources(pool, [rows[0]!.id], '1m')).map(({ isOut }) => isOut),
      outages: (await readAssetsInOutage(pool, 'yahoo')).size > 0,
    };
  };

  it('is not shown as blocked either, nor does another source stand in for it', async () => {
    await addFurtherSources(store.pool);
    const [failing] = [await taken(), await taken()];
    await failPermit(store.pool, failing, FAILED);
    expect(await read()).toEqual({ state: 'blocked', inFlight: 1, isOut: [true], outages: true });
    await setBackClock();
    expect(await read()).toEqual({ state: 'failing', inFlight: 0, isOut: [false], outages: false });
  });
});
