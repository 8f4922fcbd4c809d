import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormingSchema } from '../../api/latest/forming.schema.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  const spy = assets.get('SPY')!;
  // Monday is final as a day; of Tuesday there are 60 minutes
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-16Z', to: '2026-11-20Z' });
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-23Z', to: '2026-11-23Z' });
  const minutes = { asset: spy, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-24T14:30Z', to: '2026-11-24T15:28Z' });
  const btc = assets.get('BTC')!;
  await storeBars(pool, { asset: btc, timeframe: '4d', step: '4 days', from: '2026-10-30Z', to: '2026-11-15Z' });
  await storeBars(pool, { asset: btc, timeframe: '4h', step: '4 hours', from: '2026-11-19Z', to: '2026-11-24T08:00Z' });
  await storeBars(pool, {
    asset: btc,
    timeframe: '30m',
    step: '30 minutes',
    from: '2026-11-24Z',
    to: '2026-11-24T14:30Z',
  });
  await pool.query(
    `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id) values
       ($1, 500, 'USD', '2026-11-24T15:30:10Z', now(), 1), ($2, 9, 'USD', '2026-11-24T15:20:00Z', now(), 1)`,
    [spy, btc],
  );
});
afterAll(() => api.close());

const forming = async (symbol: string, timeframe: string) =>
  FormingSchema.parse((await api.get(`/api/assets/${symbol}/forming?timeframe=${timeframe}`)).json).bar;

describe('the forming bar', () => {
  it('is the day so far, up to the live price', async () => {
    expect(await forming('SPY', '1d')).toEqual({
      time: '2026-11-24T00:00:00Z',
      ...{ open: 100, high: 500, low: 99, close: 500, volume: 59_000 },
      since: '2026-11-24T14:30:00Z',
      until: '2026-11-24T15:30:10.000Z',
    });
  });

  it('of an hour begins with the hour, not with the session', async () => {
    expect(await forming('SPY', '4h')).toMatchObject({ since: '2026-11-24T14:30:00Z', volume: 59_000 });
    expect(await forming('SPY', '30m')).toMatchObject({
      ...{ time: '2026-11-24T15:30:00Z', since: '2026-11-24T15:30:10Z', open: 500, volume: null },
    });
    expect(await forming('BTC', '4h')).toMatchObject({ time: '2026-11-24T12:00:00Z', since: '2026-11-24T12:00:00Z' });
  });

  it('of a week continues its final days with the minutes of today', async () => {
    expect(await forming('spy', '1w')).toMatchObject({ time: '2026-11-23T00:00:00Z', volume: 60_000, close: 500 });
  });

  it('of the shortest timeframe is the live price', async () => {
    expect(await forming('SPY', '1m')).toMatchObject({
      time: '2026-11-24T15:30:00Z',
      open: 500,
      low: 500,
      volume: null,
    });
  });

  it('of a coin starts from its four-hour bars, then from half hours', async () => {
    const bar = await forming('BTC', '4d');
    expect(bar).toMatchObject({ time: '2026-11-23T00:00:00Z', since: '2026-11-23T00:00:00Z', close: 9, low: 9 });
  });

  it('is absent once its bar is served as final', async () => {
    const { pool, assets } = api;
    const day = { asset: assets.get('SPY')!, timeframe: '1d', step: '1 day', from: '2026-11-24Z', to: '2026-11-24Z' };
    await storeBars(pool, day);
    expect(await forming('SPY', '1d')).toBeNull();
  });

  it('needs bars or a live price, a known symbol and a timeframe of the asset', async () => {
    expect(await forming('NVDA', '1d')).toBeNull();
    expect((await api.get('/api/assets/NOPE/forming?timeframe=1d')).status).toBe(404);
    const wrong = await api.get('/api/assets/SPY/forming?timeframe=4d');
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('not available for SPY')]);
    const { json } = await api.get('/api/assets/SPY/forming');
    expect(json.timeframe).toBe('1d');
  });
});
