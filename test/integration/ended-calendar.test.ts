import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import type { Plan } from '../../contracts/activities.js';
import { RANGES } from '../../domain/series/range.js';
import { DAY, TIMEFRAMES } from '../../domain/timeframe.js';
import { planBackfill } from '../../planning/backfill.js';
import { planHeal, planReplay } from '../../planning/heal.js';
import { planLive } from '../../planning/live.js';
import { planVerify } from '../../planning/verify.js';
import { startApi, storeBars, type ApiUnderTest } from './api-fixture.js';

/** Mumbai's calendar ends with 2026: its holidays are announced a year at a time. New York's goes on. */
const NOW = Date.parse('2027-01-05T15:30:00Z');
const MUMBAI_ENDS = Date.parse('2026-12-31T00:00:00Z');
const clockOffsetMs = NOW - Date.now();

let api: ApiUnderTest;
let reliance: number;
beforeAll(async () => {
  api = await startApi();
  api.clock.now = NOW;
  const { rows } = await api.pool.query<{ id: number }>(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      values ('RELIANCE.NS', 'Reliance', 'stock', 'yahoo', 'RELIANCE.NS', 'XBOM', 'INR') returning id`,
  );
  reliance = rows[0]!.id;
});
afterAll(() => api.close());

const windowsOf = ({ requests }: Plan, symbol: string) =>
  requests.flatMap((request) => (request.kind === 'bars' && request.symbol === symbol ? [request.window] : []));

describe('an asset whose calendar has ended', () => {
  const page = { limit: 1_000, offset: 0 };
  it.each<[string, () => Promise<Plan>]>([
    [
      'a live plan',
      () =>
        planLive(
          { pool: api.pool, clockOffsetMs, rates: ratesOf(readEnv({})) },
          { pipeline: 'stocks_1d', trigger: 'schedule', nominalAt: NOW, asOf: NOW },
        ),
    ],
    ['a backfill plan', () => planBackfill(api.pool, clockOffsetMs, page)],
    ['a plan to verify', () => planVerify(api.pool, clockOffsetMs, { ...page, everything: true })],
    ['a heal plan', () => planHeal(api.pool, clockOffsetMs, { ...page, impatient: true })],
  ])('is asked for what is known, and stops no other asset, in %s', async (_, plan) => {
    const planned = await plan();
    expect(windowsOf(planned, 'SPY').some(({ to }) => to > NOW - 3 * DAY)).toBe(true);
    expect(Math.max(...windowsOf(planned, 'RELIANCE.NS').map(({ to }) => to))).toBeLessThan(MUMBAI_ENDS);
  });

  it('stops no verification by schedule', async () => {
    await expect(planVerify(api.pool, clockOffsetMs, { ...page, everything: false })).resolves.toMatchObject({
      skipped: 'nothing is due',
    });
  });

  it('stops no plan for a past minute, and no replay', async () => {
    const historical = planLive(
      { pool: api.pool, clockOffsetMs, rates: ratesOf(readEnv({})) },
      {
        ...{ pipeline: 'stocks_1min' as const, trigger: 'backfill' as const, asOf: NOW },
        nominalAt: Date.parse('2027-01-04T15:30:00Z'),
      },
    );
    expect(windowsOf(await historical, 'SPY')).toHaveLength(1);
    await expect(planReplay(api.pool, clockOffsetMs, {})).resolves.toEqual([]);
  });

  it.each([
    '/api/stocks/RELIANCE.NS/ohlcv?timeframe=1d',
    '/api/stocks/RELIANCE.NS/latest',
    '/api/stocks/RELIANCE.NS/indicators?timeframe=1d',
    '/api/coverage/RELIANCE.NS',
    '/api/coverage',
    '/api/coverage/matrix',
    '/api/assets/list',
    '/api/assets/latest',
    '/api/assets/RELIANCE.NS/forming',
    '/api/markets/status',
    '/api/markets/XBOM/sessions?start=2026-12-20&end=2027-01-10',
    '/api/pipeline/status',
  ])('is no error of the API: %s', async (url) => {
    const { status } = await api.get(url);
    expect([200, 404]).toContain(status);
  });

  it.each(['2027-01-05T15:30:00Z', '2027-02-15T15:30:00Z'])('has charts of every range at %s', async (now) => {
    const at = { asset: reliance, step: '1 day' };
    await storeBars(api.pool, { ...at, timeframe: '1d', from: '2026-12-22T00:00Z', to: '2026-12-24T00:00Z' });
    await storeBars(api.pool, { ...at, timeframe: '1m', from: '2026-12-22T04:00Z', to: '2026-12-24T04:00Z' });
    try {
      api.clock.now = Date.parse(now);
      for (const query of [
        ...RANGES.map((range) => `range=${range}`),
        ...TIMEFRAMES.map((timeframe) => `timeframe=${timeframe}`),
        ...TIMEFRAMES.map((timeframe) => `timeframe=${timeframe}&start=2027-01-02`),
        ...TIMEFRAMES.map((timeframe) => `timeframe=${timeframe}&start=2026-12-01&end=2027-03-01`),
      ])
        for (const read of ['ohlcv', 'indicators'])
          expect([query, (await api.get(`/api/stocks/RELIANCE.NS/${read}?${query}`)).status < 500]).toEqual([
            query,
            true,
          ]);
    } finally {
      api.clock.now = NOW;
      await api.pool.query('truncate bars');
    }
  });

  it('has a market of which nothing is known, until when its sessions are known is said', async () => {
    const { json } = await api.get('/api/markets/status');
    expect(json.markets).toContainEqual(expect.objectContaining({ mic: 'XBOM', state: 'unknown', next: null }));
    const sessions = await api.get('/api/markets/XBOM/sessions?start=2026-12-30&end=2027-01-10');
    expect(sessions.json).toMatchObject({
      knownUntil: '2026-12-31',
      sessions: [{ session: '2026-12-30' }, { session: '2026-12-31' }],
    });
  });
});
