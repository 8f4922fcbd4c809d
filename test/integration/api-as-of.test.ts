import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { RUN_ID } from '../factories.js';
import { type ApiUnderTest, NOW, startApi, storeBars } from './api-fixture.js';

let api: ApiUnderTest;
let spy: number;

/** The minutes of Monday came on Monday night; on Tuesday at 13:00 two of them were corrected, at 14:00 one of these again. */
const STORED = '2026-11-23T21:01:00Z';
const BETWEEN = '2026-11-24T12:00:00Z';
const CORRECTED = '2026-11-24T13:00:00Z';
const AGAIN = '2026-11-24T14:00:00Z';

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  spy = assets.get('SPY')!;
  const minutes = { asset: spy, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-20T14:30Z', to: '2026-11-20T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-16Z', to: '2026-11-20Z' });
  await storeBars(pool, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-23Z', to: '2026-11-23Z' });
  await pool.query(
    `update bars set recorded_at = case when session < '2026-11-23' then '2026-11-20T21:01Z'::timestamptz else $1 end`,
    [STORED],
  );
  await correct('2026-11-23T15:00Z', 500, CORRECTED);
  await correct('2026-11-23T15:01Z', 600, CORRECTED);
  await correct('2026-11-23T15:00Z', 700, AGAIN);
});
afterAll(() => api.close());

/** As a load does: the old version becomes a revision a moment before the new one is recorded. */
async function correct(time: string, price: number, at: string): Promise<void> {
  await api.pool.query(
    `insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at,
       replaced_at, replaced_by_payload)
     select asset_id, timeframe, time, open, high, low, close, volume, payload_id, $3, fetched_at, recorded_at,
       $4::timestamptz - interval '5 ms', 2
     from bars where asset_id = $1 and timeframe = '1m' and time = $2`,
    [spy, time, RUN_ID, at],
  );
  await api.pool.query(
    `update bars set open = $3, high = $3, low = $3, close = $3, recorded_at = $4 where asset_id = $1 and timeframe = '1m' and time = $2`,
    [spy, time, price, at],
  );
}

const get = async (path: string, asOf: string) => api.get(`/api/stocks/SPY/${path}&asOf=${asOf}`);
const closes = async (path: string, asOf: string) => (await get(path, asOf)).json.bars.map((bar) => bar.close);
const two = 'ohlcv?timeframe=1m&start=2026-11-23T15:00:00Z&end=2026-11-23T15:02:00Z';

describe('bars as of an instant', () => {
  it('are those of then: absent before they came, and each version until the next', async () => {
    expect(await closes(two, '2026-11-23T21:00:59Z')).toEqual([]);
    expect(await closes(two, STORED)).toEqual([130.25, 131.25]);
    expect(await closes(two, '2026-11-24T12:59:59.999Z')).toEqual([130.25, 131.25]);
    expect(await closes(two, CORRECTED)).toEqual([500, 600]);
    expect(await closes(two, '2026-11-24T13:59:59.999Z')).toEqual([500, 600]);
    expect(await closes(two, AGAIN)).toEqual([700, 600]);
  });

  it('are the whole series of then, over pages that carry the instant', async () => {
    const seen: unknown[] = [];
    let next = `ohlcv?timeframe=1m&limit=100`;
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json }: Awaited<ReturnType<typeof get>> = cursor
        ? await api.get(`/api/stocks/SPY/${next}&cursor=${cursor}`)
        : await get(next, BETWEEN);
      seen.unshift(...json.bars.map((bar) => bar.close));
      cursor = json.nextCursor;
      next = 'ohlcv?limit=90';
    }
    const session = Array.from({ length: 390 }, (_, i) => 100.25 + i);
    expect(seen).toEqual([...session, ...session]);
  });

  it.each([
    ['newest', 'sort=desc'],
    ['oldest', 'start=2026-11-20'],
  ])('come from the %s end as well', async (_, parameters) => {
    const { json } = await get(`ohlcv?timeframe=1m&limit=1&${parameters}`, BETWEEN);
    expect(json.bars[0]).toMatchObject(
      parameters.includes('desc') ? { time: '2026-11-23T20:59:00Z' } : { time: '2026-11-20T14:30:00Z' },
    );
  });

  it('roll up to what they would have', async () => {
    const bar = async (asOf: string) =>
      (await get('ohlcv?timeframe=5m&start=2026-11-23T15:00:00Z&end=2026-11-23T15:05:00Z', asOf)).json.bars[0];
    expect(await bar(BETWEEN)).toEqual({
      time: '2026-11-23T15:00:00Z',
      open: 130,
      high: 135,
      low: 129,
      close: 134.25,
      volume: 5000,
    });
    expect(await bar(CORRECTED)).toMatchObject({ open: 500, high: 600 });
    expect(await bar(AGAIN)).toMatchObject({ open: 700, high: 700 });
  });

  it('count a range back from then', async () => {
    const { json } = await get('ohlcv?range=1d', '2026-11-22T12:00:00Z');
    expect(json).toMatchObject({ timeframe: '1m', meta: { count: 390, start: '2026-11-20T14:30:00Z' } });
    expect((await get('ohlcv?range=5d&timeframe=1d', '2026-11-22T12:00:00Z')).json.meta).toMatchObject({
      start: '2026-11-16T00:00:00Z',
      count: 5,
    });
  });

  it('say why there are none', async () => {
    const { meta } = (await get(two, '2026-11-23T20:00:00Z')).json;
    expect(meta).toMatchObject({ reason: 'not_yet_fetched', asOf: '2026-11-23T20:00:00.000Z' });
    const weekend = 'ohlcv?timeframe=1m&start=2026-11-21&end=2026-11-22';
    expect((await get(weekend, BETWEEN)).json.meta.reason).toBe('market_closed');
    expect((await get('ohlcv?timeframe=1m', '2026-11-01')).json.meta.reason).toBe('unobtainable');
  });

  it('may be kept: they stay as they are', async () => {
    const { headers } = await get('ohlcv?timeframe=1d', BETWEEN);
    expect(headers['cache-control']).toBe('public, max-age=86400, immutable');
    expect(
      (await api.get(`/api/stocks/SPY/ohlcv?timeframe=1d&asOf=${BETWEEN}`, { 'if-none-match': headers.etag! })).status,
    ).toBe(304);
  });

  it('are written as CSV', async () => {
    const { text } = await get(`${two}&format=csv`, CORRECTED);
    expect(text.split('\r\n').slice(1, 3)).toEqual([
      '2026-11-23T15:00:00Z,500,500,500,500,1000',
      '2026-11-23T15:01:00Z,600,600,600,600,1000',
    ]);
  });

  it('need an instant at least a minute ago, by the wall clock', async () => {
    const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
    expect((await get('ohlcv?timeframe=1d', ago(60))).status).toBe(200);
    for (const asOf of [ago(59), ago(-3600), 'yesterday', '2026-11-24T12:00:00']) {
      const { status, json } = await get('ohlcv?timeframe=1d', asOf);
      expect([status, json.errors]).toMatchObject([400, [{ parameter: 'asOf' }]]);
    }
  });
});

describe('indicators as of an instant', () => {
  it('are those of the bars of then', async () => {
    const { json } = await get('indicators?timeframe=1m&start=2026-11-23T14:30:00Z', AGAIN);
    const { json: priced } = await get('ohlcv?timeframe=1m&start=2026-11-20', AGAIN);
    const all = storedIndicators({
      closes: priced.bars.map((bar) => bar.close as number),
      sessions: priced.bars.map((bar) => String(bar.time).slice(0, 10)),
      from: 390,
      previousSession: (session) => calendarOf('XNYS').previousSession(session)!.date,
      closeBefore: null,
    });
    expect(json.bars).toHaveLength(390);
    for (const column of ['sma20', 'sma50', 'barReturn', 'dailyReturn'] as const) {
      expect(json.bars.map((bar) => bar[column])).toEqual(all[column]);
    }
    const before = (await get('indicators?timeframe=1m&start=2026-11-23T15:00:00Z&limit=1', BETWEEN)).json.bars[0];
    expect(before).toMatchObject({ close: 130.25, dailyReturn: 130.25 / 489.25 - 1, barReturn: 130.25 / 129.25 - 1 });
  });
});
