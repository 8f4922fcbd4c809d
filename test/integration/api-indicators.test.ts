import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTurns } from '../../api/http/turns.js';
import { IndicatorPageSchema } from '../../api/series/series.schema.js';
import { chooseIndicators, computeInPieces } from '../../domain/indicators/chosen-indicators.js';
import type { IndicatorBars } from '../../domain/indicators/indicator.js';
import { type ApiUnderTest, type ApiResponse, startApi, storeBars } from './api-fixture.js';

const INCLUDE = 'ema:9,bollinger,vwap,rsi,macd:5:8:3';
const CHOSEN = chooseIndicators(INCLUDE);
const COLUMNS = CHOSEN.flatMap(({ columns }) => Object.values(columns));

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  const minutes = { asset: assets.get('SPY')!, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-20T14:30Z', to: '2026-11-20T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
  const coin = { asset: assets.get('BTC')!, timeframe: '30m', step: '30 minutes' };
  await storeBars(pool, { ...coin, from: '2026-11-20Z', to: '2026-11-24T14:30Z' });
  // closes that go up and down, and volumes that differ
  await pool.query(
    `update bars b set open = p, close = p, high = p + 1, low = p - 1, volume = b.volume + extract(minute from b.time)
     from (select asset_id, time, 100 + 10 * sin(extract(epoch from time) / 1000) as p from bars) w
     where w.asset_id = b.asset_id and w.time = b.time`,
  );
});
afterAll(() => api.close());

type Rows = ApiResponse['json']['bars'];
const rows = async (path: string): Promise<Rows> => (await api.get(`/api/${path}`)).json.bars;

/** Rows of the answer, newest page first, put together in time order. */
async function overPages(path: string): Promise<Rows> {
  const pages: Rows[] = [];
  let next: string | undefined = `/api/${path}`;
  while (next) {
    const { json, headers } = await api.get(next);
    pages.unshift(json.bars);
    next = /<(.+)>; rel="next"/.exec(headers.link ?? '')?.[1];
  }
  return pages.flat();
}

/** The chosen indicators of all bars of a series at once, by the domain alone. */
async function computed(path: string): Promise<Record<string, (number | null)[]>> {
  const bars = await rows(`${path}&limit=10000`);
  const column = (name: string) => bars.map((bar) => bar[name] as number);
  const all: IndicatorBars = {
    session: bars.map(({ time }) => String(time).slice(0, 10)), // a session here lies within its UTC day
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
  return inTurns(computeInPieces(CHOSEN, all, 0));
}

describe('indicators that are included', () => {
  it('are columns of their own beside those that are stored', async () => {
    const { status, json } = await api.get('/api/stocks/SPY/indicators?timeframe=1m&limit=1&include=rsi,ema:50');
    expect(status).toBe(200);
    const [bar] = IndicatorPageSchema.strict().parse(json).bars;
    expect(Object.keys(bar!)).toEqual([
      'time',
      'close',
      'sma20',
      'sma50',
      'barReturn',
      'dailyReturn',
      'rsi14',
      'ema50',
    ]);
    expect(bar!.rsi14).toBeGreaterThan(0);
    expect(bar!.ema50).toBeCloseTo(100, -2);
  });

  it.each([
    ['as stored', 'stocks/SPY', '1m'],
    ['rolled up', 'stocks/SPY', '5m'],
    ['of a coin, which has no volume', 'crypto/BTC', '30m'],
  ])('are those of the whole series, wherever a page begins: bars %s', async (_what, asset, timeframe) => {
    const expected = await computed(`${asset}/ohlcv?timeframe=${timeframe}`);
    const paged = await overPages(`${asset}/indicators?timeframe=${timeframe}&limit=61&include=${INCLUDE}`);
    expect(paged.length).toBeGreaterThan(130);
    for (const name of COLUMNS) {
      const values = paged.map((bar) => bar[name]);
      const differing = values.filter((value, i) => {
        const wanted = expected[name]![i]!;
        return value === null || wanted === null ? value !== wanted : Math.abs((value as number) - wanted) > 1e-9;
      });
      expect([name, differing]).toEqual([name, []]);
      const defined = values.filter((value) => value !== null).length;
      if (asset === 'crypto/BTC' && name === 'vwap') expect(defined).toBe(0);
      else expect(defined).toBeGreaterThan(100);
    }
  });

  it('do not change what is stored beside a bar', async () => {
    const url = 'stocks/SPY/indicators?timeframe=5m&limit=50';
    const plain = await rows(url);
    const more = await rows(`${url}&include=rsi`);
    expect(more.map(({ rsi14: _rsi, ...bar }) => bar)).toEqual(plain);
  });

  it('are columns of the CSV, too', async () => {
    const { text } = await api.get('/api/crypto/BTC/indicators?limit=1&include=macd&format=csv');
    expect(text.split('\r\n')[0]).toBe(
      'time,close,sma20,sma50,barReturn,dailyReturn,macd12_26_9,macd12_26_9Signal,macd12_26_9Histogram',
    );
  });

  it.each([
    ['obv', 'no indicator obv'],
    ['rsi:0', 'period of rsi must be a whole number from'],
    ['', 'no indicator'],
  ])('are refused by name: %j', async (include, message) => {
    const { status, json } = await api.get(`/api/stocks/SPY/indicators?include=${include}`);
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter: 'include', detail: expect.stringContaining(message) }]);
  });

  it('are nothing that /ohlcv knows', async () => {
    expect((await api.get('/api/stocks/SPY/ohlcv?include=rsi')).status).toBe(400);
  });
});

describe('a request that takes long', () => {
  const heavy = (limit: number) =>
    `/api/stocks/SPY/indicators?timeframe=1m&limit=${limit}&include=${[100, 99, 98, 97].map((n) => `rsi:${n}`).join(',')}`;

  it('lets others have their turns: /healthz responds all the while', async () => {
    let isRunning = true;
    const slow = Promise.all([heavy(780), heavy(779)].map((url) => api.get(url))).finally(() => (isRunning = false));
    let responses = 0;
    while (isRunning) {
      await api.get('/healthz');
      await setImmediate();
      responses++;
    }
    for (const { status, json } of await slow)
      expect([status, json.bars.at(-1)!.rsi100]).toEqual([200, expect.any(Number)]);
    // eight columns in several pieces each
    expect(responses).toBeGreaterThan(10);
  });

  it('is refused with the limit that is possible', async () => {
    const { status, json } = await api.get(`${heavy(10_000)},rsi:96,rsi:95,rsi:94,rsi:93,rsi:92,rsi:91`);
    expect([status, json.errors]).toEqual([
      400,
      [{ parameter: 'include', in: 'query', detail: expect.stringMatching(/set limit to \d+ or less/) }],
    ]);
    const [, most] = /limit to (\d+)/.exec(String(json.detail))!;
    expect((await api.get(`${heavy(Number(most))},rsi:96,rsi:95,rsi:94,rsi:93,rsi:92,rsi:91`)).status).toBe(200);
  });
});
