import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProvidersSchema, type ProviderBody } from '../../api/providers/providers.schema.js';
import { declareOutage } from '../../db/repositories/provider/outages.js';
import {
  failPermit,
  recordCall,
  releasePermit,
  takePermit,
  type GatePolicy,
} from '../../db/repositories/provider/provider-gate.js';
import { eventually } from '../environment/eventually.js';
import { RUN_ID } from '../factories.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const POLICY: GatePolicy = { burst: 100, windowMs: 300, maxInFlight: 3, monthlyQuota: null };

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(
    `truncate provider_calls, provider_state restart identity; insert into provider_state (provider) values ('yahoo'), ('coingecko')`,
  );
});

async function yahoo(): Promise<ProviderBody> {
  const { status, json } = await api.get('/api/providers');
  expect(status).toBe(200);
  const [coingecko, first] = [...ProvidersSchema.parse(json).providers].sort((a, b) =>
    a.provider > b.provider ? 1 : -1,
  );
  expect(coingecko!.provider).toBe('coingecko');
  return first!;
}

async function take() {
  const answer = await takePermit(api.pool, 'yahoo', POLICY);
  if (!('permit' in answer)) throw new Error('no permit');
  return answer.permit;
}
const fail = async (reason: string, blockMs: number | null) =>
  failPermit(api.pool, await take(), { reason, type: 'RateLimited', ms: () => blockMs });

/** A request that ended so many minutes ago. */
const call = (minutesAgo: number, durationMs: number, error: string | null = null) =>
  recordCall(api.pool, {
    provider: 'yahoo',
    startedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
    durationMs,
    status: error ? 503 : 200,
    error,
    message: error && `Yahoo: ${error}`,
    url: null,
    bytes: null,
    payloadId: null,
    runId: RUN_ID,
  });

describe('a provider', () => {
  it('says how fresh its newest bars can be, and whether a run can request all assets', async () => {
    const first = await yahoo();
    const { assets } = first.live;
    expect(assets).toBeGreaterThan(3);
    const round = { roundSeconds: assets / 8, withinSeconds: assets / 8 + 60 };
    expect(first.live).toEqual({ assets, intervalSeconds: 60, ...round, keepsUp: true });
    await api.pool.query(
      `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
        select 'T' || i, 'T', 'stock', 'yahoo', 'T' || i, 'XNYS', 'USD' from generate_series(1, 800) i`,
    );
    // what hardly ever changes is kept for a moment
    await eventually(async () =>
      expect((await yahoo()).live).toMatchObject({
        assets: assets + 800,
        roundSeconds: (assets + 800) / 8,
        keepsUp: false,
      }),
    );
    await api.pool.query(`delete from assets where name = 'T'`);
  });

  it('is unused until it was asked, then well, with its rate and its calls of the month', async () => {
    expect(await yahoo()).toMatchObject({ state: 'unused', quota: { used: 0, limit: null }, lastSuccessAt: null });
    await releasePermit(api.pool, await take());
    await take();
    const used = await yahoo();
    expect(used).toMatchObject({
      name: 'Yahoo Finance',
      timeframes: ['1m', '1d'],
      state: 'ok',
      blocked: null,
      outage: null,
      failures: 0,
      inFlight: 1,
      requestsPerSecond: 8,
      quota: { used: 2, limit: null },
    });
    expect(used.lastSuccessAt).not.toBeNull();
    expect(used.quota.from).toMatch(/-01T00:00:00\.000Z$/);
    expect(Date.parse(used.quota.until)).toBeGreaterThan(Date.now());
  });

  it('counts nothing of a month that is over', async () => {
    await api.pool.query(`update provider_state set quota_used = 9999, quota_month = '2020-01-01'`);
    expect((await yahoo()).quota.used).toBe(0);
  });

  it('is failing, then blocked with the reason, until the block is over', async () => {
    await fail('Yahoo answered 503', null);
    expect(await yahoo()).toMatchObject({ state: 'failing', failures: 1, blocked: null });
    await fail('Yahoo answered 429', 60_000);
    const { state, blocked } = await yahoo();
    expect([state, blocked?.reason]).toEqual(['blocked', 'Yahoo answered 429']);
    expect(Date.parse(blocked!.until)).toBeGreaterThan(Date.now());
    await api.pool.query(`update provider_state set blocked_until = now() - interval '1 second'`);
    expect(await yahoo()).toMatchObject({ state: 'failing', failures: 2, blocked: null });
  });

  it('is in an outage by the verdict of a run', async () => {
    await releasePermit(api.pool, await take());
    await declareOutage(api.pool, 'yahoo', 'unavailable');
    expect(await yahoo()).toMatchObject({ state: 'outage', outage: { symptom: 'unavailable' } });
  });

  it('is out of quota when the calls of the month are used up', async () => {
    await api.pool.query('update provider_state set quota_used = 10000');
    const { json } = await api.get('/api/providers');
    const states = ProvidersSchema.parse(json).providers.map(({ provider, state }) => [provider, state]);
    expect(new Map(states as [string, string][])).toEqual(
      new Map([
        ['yahoo', 'unused'],
        ['coingecko', 'out_of_quota'],
      ]),
    );
  });
});

it('says that runs are spaced out, and how, before the quota of a month runs out', async () => {
  const spacing = async () => {
    const { json } = await api.get('/api/providers');
    return ProvidersSchema.parse(json).providers.map(({ provider, quota }) => [provider, quota.spacing]);
  };
  expect(await spacing()).toEqual([
    ['yahoo', null],
    ['coingecko', null],
  ]);
  await api.pool.query(
    `update provider_state set quota_month = date_trunc('month', now() at time zone 'utc'), quota_used = 10000 where provider = 'coingecko'`,
  );
  expect(await spacing()).toEqual([
    ['yahoo', null],
    ['coingecko', '0 of the 10,000 calls of the month are left: no more scheduled runs this month'],
  ]);
});

describe('the last hour of a provider', () => {
  it('tells its requests by result and in steps of five minutes, and how long the good ones took', async () => {
    const empty = { calls: 0, byResult: {}, medianMs: null, p95Ms: null };
    expect((await yahoo()).lastHour).toMatchObject(empty);
    for (const ms of [10, 20, 30]) await call(1, ms);
    await call(12, 9_000, 'rate-limited');
    await call(58, 40);
    await call(61, 50);
    const { lastHour, lastError } = await yahoo();
    expect(lastHour).toEqual({
      calls: 5,
      byResult: { ok: 4, 'rate-limited': 1 },
      medianMs: 20,
      p95Ms: 40,
      timeline: {
        stepSeconds: 300,
        ok: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3],
        failed: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
      },
    });
    expect(lastError).toMatchObject({ kind: 'rate-limited', status: 503, message: 'Yahoo: rate-limited' });
  });
});
