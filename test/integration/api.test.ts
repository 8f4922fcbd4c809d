import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LatestListSchema } from '../../api/latest/latest-list.schema.js';
import { LatestSchema } from '../../api/latest/latest.schema.js';
import { IndicatorPageSchema, OhlcvSchema } from '../../api/series/series.schema.js';
import { eventually } from '../environment/eventually.js';
import { type ApiUnderTest, startApi, storeBars, storeCoverage } from './api-fixture.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  const spy = assets.get('SPY')!;
  const btc = assets.get('BTC')!;
  const minutes = { asset: spy, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-24T14:30Z', to: '2026-11-24T15:29Z' });
  await storeCoverage(pool, spy, '2026-11-23', true);
  await storeCoverage(pool, spy, '2026-11-19', false);
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-16Z', to: '2026-11-20Z' });
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-23Z', to: '2026-11-23Z' });
  await storeBars(pool, {
    asset: btc,
    timeframe: '30m',
    step: '30 minutes',
    from: '2026-11-22Z',
    to: '2026-11-24T14:30Z',
  });
  await pool.query(
    `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id) values ($1, 250.5, 'USD', $2, now(), 1)`,
    [spy, '2026-11-24T15:30:05Z'],
  );
});
afterAll(() => api.close());

const times = (bars: Record<string, unknown>[]) => bars.map((bar) => bar.time);

describe('ohlcv', () => {
  it('has the shape that the documentation promises', async () => {
    const { status, json } = await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&limit=2');
    expect(status).toBe(200);
    expect(OhlcvSchema.strict().parse(json)).toMatchObject({
      symbol: 'SPY',
      assetClass: 'stock',
      currency: 'USD',
      exchange: 'XNYS',
      timezone: 'America/New_York',
      timeframe: '1m',
    });
    expect(json.bars).toEqual([
      { time: '2026-11-24T15:28:00Z', open: 158, high: 159, low: 157, close: 158.25, volume: 1000 },
      { time: '2026-11-24T15:29:00Z', open: 159, high: 160, low: 158, close: 159.25, volume: 1000 },
    ]);
  });

  it('takes symbols in any case, and daily bars of stocks and half hours of coins by itself', async () => {
    expect((await api.get('/api/stocks/spy/ohlcv')).json).toMatchObject({ symbol: 'SPY', timeframe: '1d' });
    const { json } = await api.get('/api/crypto/btc/ohlcv?limit=1');
    expect(json).toMatchObject({
      symbol: 'BTC',
      timeframe: '30m',
      bars: [{ time: '2026-11-24T14:30:00Z', volume: null }],
    });
  });

  it('takes a half-open window', async () => {
    const { json } = await api.get(
      '/api/stocks/SPY/ohlcv?timeframe=1m&start=2026-11-23T14:31:00Z&end=2026-11-23T14:33:00Z',
    );
    expect(times(json.bars)).toEqual(['2026-11-23T14:31:00Z', '2026-11-23T14:32:00Z']);
  });

  it('compares dates where a bar is labelled with one', async () => {
    const { json } = await api.get('/api/stocks/SPY/ohlcv?start=2026-11-18T20:00:00Z&end=2026-11-20T20:00:00Z');
    expect(times(json.bars)).toEqual(['2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z']);
  });

  it('takes the latest session for the range 1d', async () => {
    const { json } = await api.get('/api/stocks/SPY/ohlcv?range=1d');
    expect(json).toMatchObject({ timeframe: '1m', meta: { count: 60, start: '2026-11-24T14:30:00Z' } });
  });

  it.each(['', '&sort=desc', '&start=2026-11-23', '&start=2026-11-23&sort=desc', '&range=5d'])(
    'gives every bar once over its pages (%s)',
    async (parameters) => {
      const url = `/api/stocks/SPY/ohlcv?timeframe=1m&limit=100${parameters}`;
      const seen: unknown[] = [];
      let next: string | undefined = url;
      while (next) {
        const { json, headers } = await api.get(next);
        seen.push(...times(json.bars));
        next = /<(.+)>; rel="next"/.exec(headers.link ?? '')?.[1];
        expect(next === undefined).toBe(json.nextCursor === null);
      }
      expect(seen).toHaveLength(450);
      expect(new Set(seen).size).toBe(450);
      if (parameters.includes('desc')) expect(seen).toEqual([...seen].sort().reverse());
      if (parameters === '&start=2026-11-23') expect(seen).toEqual([...seen].sort());
    },
  );

  it('asks the database once for the newest bars while they stay, and twice when they changed', async () => {
    const url = '/api/stocks/SPY/ohlcv?timeframe=1m&limit=390';
    // assets and bounds are remembered for a moment, which may end between two requests
    await eventually(async () => {
      await api.get(url);
      const query = vi.spyOn(api.apiPool, 'query');
      const connect = vi.spyOn(api.apiPool, 'connect');
      try {
        expect((await api.get(url)).json.bars).toHaveLength(390);
        // a query of the pool takes a connection
        expect([query.mock.calls.length, connect.mock.calls.length]).toEqual([1, 1]);
      } finally {
        vi.restoreAllMocks();
      }
    });
  });

  it('never answers with bars that were replaced, whoever did it', async () => {
    const url = '/api/stocks/SPY/ohlcv?timeframe=1m&limit=1';
    const read = async () => (await api.get(url)).json.bars as { close: number; high: number }[];
    const [before] = await read();
    const set = (high: number) =>
      api.pool.query(
        `update bars set high = $1 where (asset_id, timeframe, time) = (
          select b.asset_id, b.timeframe, b.time from bars b join assets a on a.id = b.asset_id
          where a.symbol = 'SPY' and b.timeframe = '1m' order by b.time desc limit 1)`,
        [high],
      );
    await set(before!.high + 1);
    expect(await read()).toEqual([{ ...before, high: before!.high + 1 }]);
    await set(before!.high);
    expect(await read()).toEqual([before]);
  });

  it('refuses a cursor of another request', async () => {
    const { json } = await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&limit=1');
    const status = async (url: string) => (await api.get(`/api/stocks/SPY/${url}`)).status;
    expect(await status(`ohlcv?timeframe=1d&cursor=${json.nextCursor}`)).toBe(400);
    expect(await status(`indicators?timeframe=1m&cursor=${json.nextCursor}`)).toBe(400);
    expect(await status('ohlcv?cursor=')).toBe(400);
  });

  it('takes no cursor as of an instant that is not over', async () => {
    const { json } = await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&limit=1');
    const window = JSON.parse(Buffer.from(json.nextCursor ?? '', 'base64url').toString()) as object;
    const of = (asOf: string) =>
      Buffer.from(JSON.stringify({ ...window, asOf: Date.parse(asOf) })).toString('base64url');
    expect((await api.get(`/api/stocks/SPY/ohlcv?cursor=${of('2026-11-24T15:29:00Z')}`)).status).toBe(200);
    const future = await api.get(`/api/stocks/SPY/ohlcv?cursor=${of('2026-11-24T15:30:00Z')}`);
    expect(future).toMatchObject({ status: 400, json: { errors: [{ parameter: 'asOf' }] } });
  });

  it.each([
    ['timeframe=1m&start=2026-11-21&end=2026-11-23', 'market_closed'],
    ['timeframe=1m&start=2026-11-25T15:00:00Z&end=2026-11-25T16:00:00Z', 'future'],
    ['timeframe=1m&start=2041-01-02&end=2041-01-03', 'beyond_calendar'],
    ['timeframe=1m&start=2026-11-19&end=2026-11-20', 'unobtainable'], // before the first bar
    ['timeframe=1m&start=2026-09-01&end=2026-09-02', 'unobtainable'], // beyond the provider's reach
  ])('says why there is nothing at %s', async (parameters, reason) => {
    const { status, json } = await api.get(`/api/stocks/SPY/ohlcv?${parameters}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ bars: [], nextCursor: null, meta: { count: 0, reason } });
  });

  it('says that nothing was traded once that is confirmed, and not as soon as the provider leaves a session out', async () => {
    const url = '/api/stocks/NVDA/ohlcv?timeframe=1m&start=2026-11-19&end=2026-11-20';
    const nvda = api.assets.get('NVDA')!;
    expect((await api.get(url)).json.meta.reason).toBe('not_yet_fetched');
    await storeCoverage(api.pool, nvda, '2026-11-19', false);
    expect((await api.get(url)).json.meta.reason).toBe('not_yet_fetched');
    await api.pool.query(
      `update coverage set empty_slots = repeat('1', 390)::varbit, as_usual = true where asset_id = $1 and session = '2026-11-19'`,
      [nvda],
    );
    expect((await api.get(url)).json.meta.reason).toBe('no_trades');
  });

  it.each([
    'range=1d&start=2026-11-20',
    'start=2026-11-20&end=2026-11-20',
    'start=2026-11-20T14:30:00Z&end=2026-11-20T21:00:00Z',
    'timeframe=2m',
    'foo=1',
    'limit=10001',
  ])('refuses %s', async (parameters) => {
    const { status, headers, json } = await api.get(`/api/stocks/SPY/ohlcv?${parameters}`);
    expect(status).toBe(400);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(json).toMatchObject({ title: 'Invalid parameters', status: 400, instance: '/api/stocks/SPY/ohlcv' });
    expect(json.errors).toHaveLength(1);
  });

  it('knows symbols of its own class only, and says where the other is', async () => {
    expect((await api.get('/api/stocks/NOPE/ohlcv')).status).toBe(404);
    const { status, json } = await api.get('/api/crypto/SPY/ohlcv');
    expect(status).toBe(404);
    expect(json.detail).toContain('/api/stocks/SPY');
  });
});

describe('caching and formats', () => {
  const past = '/api/stocks/SPY/ohlcv?timeframe=1m&start=2026-11-23&end=2026-11-24';

  it('are revalidated, even where the sessions are over and whole', async () => {
    expect((await api.get(past)).headers['cache-control']).toBe('no-cache');
    expect((await api.get('/api/stocks/SPY/ohlcv?range=1d')).headers['cache-control']).toBe('no-cache');
    const days = '/api/stocks/SPY/ohlcv?start=2026-11-16&end=2026-11-21'; // nothing says that these days are whole
    expect((await api.get(days)).headers['cache-control']).toBe('no-cache');
  });

  it('answers 304 to its own ETag', async () => {
    const first = await api.get(past);
    const again = await api.get(past, { 'if-none-match': first.headers.etag! });
    expect(again).toMatchObject({ status: 304, text: '' });
    expect(again.headers.etag).toBe(first.headers.etag);
  });

  it('writes CSV and NDJSON by Accept and by format, and refuses what it cannot write', async () => {
    const url = '/api/crypto/BTC/ohlcv?limit=1';
    const csv = 'time,open,high,low,close,volume\r\n2026-11-24T14:30:00Z,225,226,224,225.25,\r\n';
    expect((await api.get(url, { accept: 'text/csv' })).text).toBe(csv);
    expect((await api.get(`${url}&format=csv`)).headers['content-disposition']).toContain('BTC_30m.csv');
    const { text, headers } = await api.get(`${url}&format=ndjson`);
    expect(headers['content-type']).toMatch('application/x-ndjson');
    expect(JSON.parse(text)).toMatchObject({ close: 225.25, volume: null });
    expect((await api.get(url, { accept: 'image/png' })).status).toBe(406);
  });

  it('compresses big answers and leaves small ones', async () => {
    const encoded = { 'accept-encoding': 'gzip' };
    expect((await api.get(past, encoded)).headers['content-encoding']).toBe('gzip');
    expect((await api.get('/api/stocks/SPY/latest', encoded)).headers['content-encoding']).toBeUndefined();
  });
});

describe('indicators', () => {
  it('come with time and close, null where they are not defined', async () => {
    const { json } = await api.get('/api/stocks/SPY/indicators?timeframe=1m&start=2026-11-24T14:48:00Z&limit=2');
    expect(IndicatorPageSchema.strict().parse(json).bars).toEqual([
      { time: '2026-11-24T14:48:00Z', close: 118.25, sma20: null, sma50: null, barReturn: 0.01, dailyReturn: null },
      { time: '2026-11-24T14:49:00Z', close: 119.25, sma20: 100, sma50: null, barReturn: 0.01, dailyReturn: null },
    ]);
  });
});

describe('latest', () => {
  it("compares a stock with the daily close of the session before the bar's", async () => {
    const { status, json } = await api.get('/api/stocks/SPY/latest');
    expect(status).toBe(200);
    expect(LatestSchema.strict().parse(json)).toMatchObject({
      timeframe: '1m',
      bar: { time: '2026-11-24T15:29:00Z', session: '2026-11-24', close: 159.25 },
      quote: { price: 250.5, time: '2026-11-24T15:30:05.000Z', delayedBy: 0 },
      previousClose: 100.25,
      change: 59,
    });
  });

  it('compares a coin with the last close of the UTC day before', async () => {
    const { json } = await api.get('/api/crypto/BTC/latest');
    expect(json).toMatchObject({
      timeframe: '30m',
      bar: { close: 225.25 },
      previousClose: 195.25,
      change: 30,
      quote: null,
    });
  });

  it('is null where there is nothing yet', async () => {
    const { status, json } = await api.get('/api/stocks/NVDA/latest');
    expect(status).toBe(200);
    expect(json).toMatchObject({ bar: null, quote: null, previousClose: null, change: null, changePercent: null });
  });

  it('never takes an older session for the previous one', async () => {
    const { pool, assets } = api;
    const asset = assets.get('MSFT')!;
    await storeBars(pool, { asset, timeframe: '1d', step: '1 day', from: '2026-11-20Z', to: '2026-11-20Z' });
    await storeBars(pool, {
      asset,
      timeframe: '1m',
      step: '1 minute',
      from: '2026-11-24T14:30Z',
      to: '2026-11-24T14:31Z',
    });
    expect((await api.get('/api/stocks/MSFT/latest')).json).toMatchObject({
      bar: { close: 101.25 },
      previousClose: null,
    });
  });
});

describe('the latest of all assets', () => {
  const list = async (query = '') =>
    LatestListSchema.strict().parse((await api.get(`/api/assets/latest${query}`)).json);

  it('is what is told of each one', async () => {
    const { assets } = await list();
    expect(assets.map(({ symbol }) => symbol).slice(0, 2)).toEqual(['SPY', 'NVDA']);
    expect(assets).toHaveLength(11);
    for (const { symbol, assetClass, ...rest } of assets) {
      const path = assetClass === 'stock' ? 'stocks' : 'crypto';
      expect((await api.get(`/api/${path}/${symbol}/latest`)).json).toEqual({ symbol, assetClass, ...rest });
    }
  });

  it('has the closes of the latest session of a stock in steps of five minutes', async () => {
    const { assets } = await list('?sparkline=true');
    const { sparkline } = assets.find(({ symbol }) => symbol === 'SPY')!;
    expect(sparkline).toEqual({
      start: '2026-11-24T14:30:00Z',
      end: '2026-11-24T21:00:00Z',
      stepSeconds: 300,
      // minutes 14:34, 14:39 … 15:29
      closes: [104.25, 109.25, 114.25, 119.25, 124.25, 129.25, 134.25, 139.25, 144.25, 149.25, 154.25, 159.25],
    });
  });

  it('has the last 24 hours of a coin, nothing where there is no bar yet, and null where one is missing', async () => {
    const { pool, assets: ids } = api;
    await pool.query(`delete from bars where asset_id = $1 and time = '2026-11-24T14:00Z'`, [ids.get('BTC')]);
    const { assets } = await list('?sparkline=true');
    const { start, end, closes } = assets.find(({ symbol }) => symbol === 'BTC')!.sparkline!;
    expect([start, end, closes.length]).toEqual(['2026-11-23T15:00:00Z', '2026-11-24T15:00:00Z', 48]);
    expect(closes.slice(-3)).toEqual([223.25, null, 225.25]);
    expect(assets.find(({ symbol }) => symbol === 'ETH')!.sparkline).toBeNull();
  });

  it('names a parameter that it does not know', async () => {
    expect((await api.get('/api/assets/latest?sparkline=yes')).status).toBe(400);
  });
});
