import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActionsSchema } from '../../api/assets/assets.schema.js';
import { OhlcvSchema } from '../../api/series/series.schema.js';
import { RUN_ID } from '../factories.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

let api: ApiUnderTest;
let nvda: number;

interface Action {
  kind: 'split' | 'dividend';
  session: string;
  amount?: number;
  ratio?: number;
  /** When it was first seen, and for a split when the stored bars were brought to its level. */
  seen?: string;
  applied?: string | null;
}

async function store(
  asset: number,
  { kind, session, amount, ratio, seen = '2026-11-20T08:00Z', applied = null }: Action,
): Promise<void> {
  const { rows } = await api.pool.query<{ id: string }>(
    `insert into raw_payloads (provider, kind, asset_id, url, status, sha256, body_bytes, rows, fetched_at, duration_ms, workflow_id, run_id)
     values ('yahoo', 'bars', $1, 'http://provider.test/', 200, '\\x00', 0, 0, $2, 1, 'test', $3) returning id`,
    [asset, seen, RUN_ID],
  );
  await api.pool.query(
    `insert into corporate_actions (asset_id, kind, session, amount, numerator, denominator, payload_id, first_seen_at, level_since, applied_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [asset, kind, session, amount, ratio, ratio && 1, rows[0]!.id, seen, kind === 'split' ? seen : null, applied],
  );
}

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  nvda = assets.get('NVDA')!;
  // closes 100.25 to 104.25, a dividend from Wednesday on, a split from Thursday on
  const days = { timeframe: '1d', step: '1 day', from: '2026-11-16Z', to: '2026-11-20Z' };
  await storeBars(pool, { ...days, asset: nvda });
  for (const date of ['2026-11-18', '2026-11-19']) {
    const minutes = { asset: nvda, timeframe: '1m', step: '1 minute' };
    await storeBars(pool, { ...minutes, from: `${date}T14:30Z`, to: `${date}T20:59Z` });
  }
  await store(nvda, { kind: 'split', session: '2026-11-19', ratio: 10, applied: '2026-11-19T15:00Z' });
  await store(nvda, { kind: 'dividend', session: '2026-11-18', amount: 2.025 });
  const spy = assets.get('SPY')!;
  await storeBars(pool, { ...days, asset: spy });
  await store(spy, { kind: 'split', session: '2026-11-19', ratio: 10 });
  await store(spy, { kind: 'dividend', session: '2026-11-18', amount: 1.0125 });
  await pool.query(`update bars set recorded_at = '2026-11-20T21:30Z'`);
});
afterAll(() => api.close());

const bars = async (path: string) => (await api.get(`/api/stocks/${path}`)).json;
const column = async (path: string, name: string) => (await bars(path)).bars.map((bar) => bar[name]);

describe('splits and dividends', () => {
  it('are listed, amounts at the level of the bars', async () => {
    const { json } = await api.get('/api/assets/nvda/actions');
    expect(ActionsSchema.strict().parse(json)).toMatchObject({
      symbol: 'NVDA',
      splits: [{ session: '2026-11-19', numerator: 10, denominator: 1 }],
      dividends: [{ session: '2026-11-18', amount: 2.025 }],
    });
    // the bars of SPY wait for their split: the dividend was told a share after it
    expect((await api.get('/api/assets/SPY/actions')).json.dividends).toEqual([
      { session: '2026-11-18', amount: 10.125 },
    ]);
  });

  it('are none of a coin, and not found of what is not tracked', async () => {
    expect((await api.get('/api/assets/BTC/actions')).json).toMatchObject({ splits: [], dividends: [] });
    expect((await api.get('/api/assets/NOPE/actions')).status).toBe(404);
  });
});

describe('raw prices', () => {
  it('are those that were traded before the split, with as many shares', async () => {
    const json = await bars('NVDA/ohlcv?adjustment=raw');
    expect(OhlcvSchema.strict().parse(json).meta.adjustment).toBe('raw');
    expect(json.bars.map(({ close, volume }) => [close, volume])).toEqual([
      [1002.5, 100],
      [1012.5, 100],
      [1022.5, 100],
      [103.25, 1000],
      [104.25, 1000],
    ]);
    expect(json.bars[0]).toMatchObject({ open: 1000, high: 1010, low: 990 });
  });

  it('change with the session of minutes, in whatever timeframe', async () => {
    const minute = await bars('NVDA/ohlcv?timeframe=1m&adjustment=raw&start=2026-11-18T20:59:00Z&limit=2');
    expect(minute.bars).toMatchObject([
      { time: '2026-11-18T20:59:00Z', close: 4892.5, volume: 100 },
      { time: '2026-11-19T14:30:00Z', close: 100.25, volume: 1000 },
    ]);
    const hours = await bars('NVDA/ohlcv?timeframe=4h&adjustment=raw');
    expect(hours.bars.map(({ open, volume }) => [open, volume])).toEqual([
      [1000, 24_000],
      [3400, 15_000],
      [100, 240_000],
      [340, 150_000],
    ]);
    const [week] = (await bars('NVDA/ohlcv?timeframe=1w&adjustment=raw')).bars;
    expect(week).toMatchObject({ open: 1000, high: 1030, low: 102, close: 104.25, volume: 2300 });
  });

  it('come the same over pages, and by a cursor alone', async () => {
    const first = await bars('NVDA/ohlcv?adjustment=raw&limit=2');
    const second = await bars(`NVDA/ohlcv?limit=10&cursor=${first.nextCursor}`);
    expect(second.bars.map((bar) => bar.close)).toEqual([1002.5, 1012.5, 1022.5]);
    expect(second.meta.adjustment).toBe('raw');
  });

  it('leave a split alone that the stored bars do not show yet', async () => {
    expect(await column('SPY/ohlcv?adjustment=raw', 'close')).toEqual([100.25, 101.25, 102.25, 103.25, 104.25]);
  });
});

describe('stored prices', () => {
  it('are adjusted for splits, asked or not', async () => {
    const asked = await bars('NVDA/ohlcv?adjustment=split');
    const { bars: plain, meta } = await bars('NVDA/ohlcv');
    expect([asked.bars, meta.adjustment]).toEqual([plain, 'split']);
    expect(plain[0]).toMatchObject({ close: 100.25, volume: 1000 });
  });

  it('take one of three words', async () => {
    const { status, json } = await api.get('/api/stocks/NVDA/ohlcv?adjustment=none');
    expect([status, json.detail]).toEqual([400, 'adjustment: must be one of raw, split, all']);
    expect((await api.get('/api/stocks/NVDA/indicators?adjustment=raw')).status).toBe(400);
  });
});

describe('prices adjusted for dividends', () => {
  it('are lower before the ex-date, by its share of the close before', async () => {
    // 2.025 of 101.25 is 2 %
    expect(await column('NVDA/ohlcv?adjustment=all', 'close')).toEqual([98.245, 99.225, 102.25, 103.25, 104.25]);
    expect(await column('NVDA/ohlcv?adjustment=all', 'volume')).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('leave out a dividend in another currency, and say so', async () => {
    const before = await column('NVDA/ohlcv?timeframe=1d&adjustment=all', 'close');
    await store(nvda, { kind: 'dividend', session: '2026-11-20', amount: 9 });
    const other = `asset_id = ${nvda} and session = '2026-11-20'`;
    await api.pool.query(`update corporate_actions set currency = 'EUR' where ${other}`);
    const { meta } = await bars('NVDA/ohlcv?timeframe=1d&adjustment=all');
    expect(meta).toMatchObject({ dividendsLeftOut: [{ session: '2026-11-20', amount: 9, currency: 'EUR' }] });
    expect(await column('NVDA/ohlcv?timeframe=1d&adjustment=all', 'close')).toEqual(before);
    await api.pool.query(`delete from corporate_actions where ${other}`);
  });

  it('take an amount told after a split to the level that the bars are at', async () => {
    // 1.0125 new shares' money is 10.125 beside 101.25
    expect(await column('SPY/ohlcv?adjustment=all', 'close')).toEqual([90.225, 91.125, 102.25, 103.25, 104.25]);
  });
});

describe('adjusted prices as of an instant', () => {
  it('use what was known and applied by then', async () => {
    const closes = (asOf: string, adjustment: string) =>
      column(`NVDA/ohlcv?adjustment=${adjustment}&asOf=${asOf}`, 'close');
    const asset = nvda;
    await api.pool.query(
      `update corporate_actions set applied_at = '2026-11-22T12:00Z' where asset_id = $1 and kind = 'split'`,
      [asset],
    );
    await store(asset, { kind: 'dividend', session: '2026-11-20', amount: 10.325, seen: '2026-11-23T08:00Z' });
    const plain = [100.25, 101.25, 102.25, 103.25, 104.25];
    expect(await closes('2026-11-22T11:00:00Z', 'raw')).toEqual(plain);
    expect(await closes('2026-11-22T13:00:00Z', 'raw')).toEqual([1002.5, 1012.5, 1022.5, 103.25, 104.25]);
    expect(await closes('2026-11-22T13:00:00Z', 'all')).toEqual([98.245, 99.225, 102.25, 103.25, 104.25]);
    expect(await closes('2026-11-23T09:00:00Z', 'all')).toEqual([88.4205, 89.3025, 92.025, 92.925, 104.25]);
  });

  it('take the close before an ex-date as it was then', async () => {
    const msft = api.assets.get('MSFT')!;
    await storeBars(api.pool, { asset: msft, timeframe: '1d', step: '1 day', from: '2026-11-16Z', to: '2026-11-17Z' });
    await store(msft, { kind: 'dividend', session: '2026-11-17', amount: 10 });
    await api.pool.query(
      `insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at,
         replaced_at, replaced_by_payload)
       select asset_id, timeframe, time, 50, 50, 50, 50, volume, 1, run_id, fetched_at, '2026-11-20T10:00Z', '2026-11-22T10:00Z', 2
       from bars where asset_id = $1 and session = '2026-11-16'`,
      [msft],
    );
    await api.pool.query(
      `update bars set recorded_at = case when session = '2026-11-16' then '2026-11-22T10:00Z'::timestamptz else '2026-11-20T10:00Z' end
       where asset_id = $1`,
      [msft],
    );
    expect(await column('MSFT/ohlcv?adjustment=all&asOf=2026-11-21T00:00:00Z', 'close')).toEqual([40, 101.25]);
    expect(await column('MSFT/ohlcv?adjustment=all&asOf=2026-11-23T00:00:00Z', 'close')).toEqual([90.25, 101.25]);
  });
});
