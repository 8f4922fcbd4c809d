import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AssetListSchema } from '../../api/assets/assets.schema.js';
import { CoverageMatrixSchema, CoverageSchema, CoverageSummarySchema } from '../../api/coverage/coverage.schema.js';
import type { StatusBody } from '../../api/pipeline/status.schema.js';
import { ProvidersSchema } from '../../api/providers/providers.schema.js';
import { RevisionPageSchema } from '../../api/revisions/revisions.schema.js';
import { LatestSchema } from '../../api/latest/latest.schema.js';
import { ensureProviders } from '../../db/repositories/provider/provider-gate.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { eventually } from '../environment/eventually.js';
import { type ApiUnderTest, startApi, storeBars, storeCoverage } from './api-fixture.js';

let api: ApiUnderTest;
let [spy, spare, btc, coin] = [0, 0, 0, 0];

const idOf = async (symbol: string, provider: string): Promise<number> => {
  const { rows } = await api.pool.query<{ id: number }>(`select id from assets where symbol = $1 and provider = $2`, [
    symbol,
    provider,
  ]);
  return rows[0]!.id;
};

beforeAll(async () => {
  api = await startApi();
  const { pool } = api;
  await addFurtherSources(pool);
  spy = await idOf('SPY', 'yahoo');
  spare = await idOf('SPY', 'alpaca');
  btc = await idOf('BTC', 'coingecko');
  coin = await idOf('BTC', 'coinbase');
  const minutes = { timeframe: '1m', step: '1 minute' };
  // the first source has nothing from 15:10 to 15:19 and after 15:24, the other has every minute
  await storeBars(pool, { ...minutes, asset: spy, from: '2026-11-24T14:30Z', to: '2026-11-24T15:24Z' });
  await pool.query(
    `delete from bars where asset_id = $1 and time >= '2026-11-24T15:10Z' and time < '2026-11-24T15:20Z'`,
    [spy],
  );
  await storeBars(pool, { ...minutes, asset: spare, from: '2026-11-24T14:30Z', to: '2026-11-24T15:28Z' });
  await pool.query(`update bars set close = close + 0.5, high = high + 1 where asset_id = $1`, [spare]);
  await storeBars(pool, {
    asset: btc,
    timeframe: '30m',
    step: '30 minutes',
    from: '2026-11-24T10:00Z',
    to: '2026-11-24T12:00Z',
  });
  await storeBars(pool, { ...minutes, asset: coin, from: '2026-11-24T11:00Z', to: '2026-11-24T13:59Z' });
});
afterAll(() => api.close());

const WINDOW = 'start=2026-11-24T14:30Z&end=2026-11-24T15:30Z';
const get = async (path: string) => {
  const { status, json } = await api.get(path);
  expect([status, json.detail]).toEqual([200, undefined]);
  return json;
};
const minutesOf = (bars: Record<string, unknown>[], source: unknown) =>
  bars.filter((bar) => bar.source === source).map(({ time }) => String(time).slice(11, 16));

describe('the served bars of two sources', () => {
  it('are those of the first, and of the later one where the first has none', async () => {
    const { bars, meta } = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}`);
    expect(bars).toHaveLength(59);
    const later = '15:10 15:11 15:12 15:13 15:14 15:15 15:16 15:17 15:18 15:19 15:25 15:26 15:27 15:28'.split(' ');
    expect(minutesOf(bars, 'alpaca')).toEqual(later);
    expect(meta.sources).toEqual([
      { rank: 1, provider: 'yahoo', name: 'Yahoo Finance', bars: 45 },
      { rank: 2, provider: 'alpaca', name: 'Alpaca', bars: 14 },
    ]);
  });

  it('come from one source alone if the request says so; an unknown one is refused with those that exist', async () => {
    const alone = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}&source=alpaca`);
    expect(alone.bars).toHaveLength(59);
    expect(minutesOf(alone.bars, undefined)).toHaveLength(59);
    expect(alone.meta.sources).toEqual([{ rank: 2, provider: 'alpaca', name: 'Alpaca', bars: 59 }]);
    expect((await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}&source=yahoo`)).bars).toHaveLength(45);
    const refused = await api.get(`/api/stocks/SPY/ohlcv?source=kraken`);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('its sources: yahoo, alpaca')]);
    expect((await api.get('/api/stocks/SIE.DE/ohlcv?source=alpaca')).text).toContain('its sources: yahoo');
  });

  it('are the same page by page, from either end', async () => {
    const { bars } = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}`);
    for (const sort of ['asc', 'desc']) {
      const pages: Record<string, unknown>[] = [];
      for (let path = `${WINDOW}&timeframe=1m&limit=7&sort=${sort}`; ;) {
        const page = await get(`/api/stocks/SPY/ohlcv?${path}`);
        pages.push(...page.bars);
        if (page.nextCursor === null) break;
        path = `limit=7&cursor=${page.nextCursor}`;
      }
      expect(sort === 'asc' ? pages : pages.reverse()).toEqual(bars);
    }
  });

  it('are aggregated together, and the newest is the latest', async () => {
    const { bars, meta } = await get(`/api/stocks/SPY/ohlcv?timeframe=5m&${WINDOW}`);
    expect(minutesOf(bars, 'alpaca')).toEqual(['15:10', '15:15']);
    expect(bars.every(({ volume }) => volume === 5_000)).toBe(true);
    expect(meta.incomplete).toBeUndefined();
    const latest = await get('/api/stocks/SPY/latest');
    expect(latest.bar).toMatchObject({ time: '2026-11-24T15:28:00Z', source: 'alpaca' });
    expect((await get('/api/assets/latest?sparkline=true')).assets).toHaveLength(11);
    expect(await get('/api/assets/SPY/forming?timeframe=1h')).toMatchObject({ bar: { volume: 59_000 } });
  });

  it('lack nothing where the source that reaches so far back confirms that nothing was traded', async () => {
    await storeBars(api.pool, {
      ...{ asset: spare, timeframe: '1m', step: '1 minute', from: '2026-09-01T13:30Z', to: '2026-09-01T13:39Z' },
    });
    await api.pool.query(
      `delete from bars where asset_id = $1 and time in ('2026-09-01T13:31Z', '2026-09-01T13:36Z')`,
      [spare],
    );
    await storeCoverage(api.pool, spare, '2026-09-01', true);
    await api.pool.query(
      `update coverage set filled_slots = overlay(filled_slots placing b'0' from 2),
         empty_slots = overlay(empty_slots placing b'1' from 2) where asset_id = $1 and session = '2026-09-01'`,
      [spare],
    );
    const path = '/api/stocks/SPY/ohlcv?timeframe=5m&start=2026-09-01T13:30Z&end=2026-09-01T13:40Z';
    const incomplete = [{ time: '2026-09-01T13:35:00Z', expected: 5, missing: 1 }];
    expect((await get(path)).meta.incomplete).toEqual(incomplete);
    expect((await get(`${path}&source=alpaca`)).meta.incomplete).toEqual(incomplete);
    await api.pool.query(`delete from bars where asset_id = $1 and session = '2026-09-01'`, [spare]);
    await api.pool.query(`delete from coverage where asset_id = $1 and session = '2026-09-01'`, [spare]);
  });

  it('have the indicators of the served bars, which are the stored ones where no later source counts', async () => {
    const { bars } = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}`);
    const closes = bars.map(({ close }) => Number(close));
    const { bars: rows } = await get(`/api/stocks/SPY/indicators?timeframe=1m&${WINDOW}`);
    const at = 45;
    const mean = closes.slice(at - 19, at + 1).reduce((sum, close) => sum + close, 0) / 20;
    expect(rows[at]!.sma20).toBeCloseTo(mean, 9);
    expect(minutesOf(rows, 'alpaca')).toHaveLength(14);
    // the fixture stores 100 as every average
    const before = await get('/api/stocks/SPY/indicators?timeframe=1m&start=2026-11-24T14:30Z&end=2026-11-24T15:05Z');
    expect(before.bars.at(-1)!.sma20).toBe(100);
  });

  it('are what the SQL view shows, with their indicators', async () => {
    const { bars } = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}`);
    const { bars: indicators } = await get(`/api/stocks/SPY/indicators?timeframe=1m&${WINDOW}`);
    const { rows } = await api.pool.query<Record<string, number | string | Date | null>>(
      `select time, close, sma_20, bar_return, source from stock_prices where symbol = 'SPY' and timeframe = '1m' order by time`,
    );
    expect(
      rows.map(({ time, close, source }) => [(time as Date).toISOString().replace('.000', ''), close, source]),
    ).toEqual(bars.map(({ time, close, source }) => [time, close, source ?? 'yahoo']));
    for (const at of [40, 45, 50, 58]) {
      expect(rows[at]!.sma_20).toBeCloseTo(Number(indicators[at]!.sma20), 9);
      expect(rows[at]!.bar_return).toBeCloseTo(Number(indicators[at]!.barReturn), 9);
    }
    const { rowCount } = await api.pool.query(`select 1 from crypto_prices where symbol = 'BTC' and timeframe = '30m'`);
    expect(rowCount).toBe(5);
  });

  it('have the versions of an instant in the past', async () => {
    await api.pool.query(`update bars set recorded_at = '2026-11-24T15:00Z' where asset_id = $1`, [spare]);
    await api.pool.query(`update bars set recorded_at = '2026-11-24T15:26Z' where asset_id = $1`, [spy]);
    const then = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}&asOf=2026-11-24T15:25:00Z`);
    expect(new Set(then.bars.map(({ source }) => source))).toEqual(new Set(['alpaca']));
    const later = await get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}&asOf=2026-11-24T15:29:00Z`);
    expect(minutesOf(later.bars, 'alpaca').slice(0, 2)).toEqual(['15:10', '15:11']);
  });

  it('of CSV say the source of each', async () => {
    const { text } = await api.get(`/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}&format=csv`);
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toBe('time,open,high,low,close,volume,source');
    expect(lines.filter((line) => line.endsWith(',alpaca'))).toHaveLength(14);
  });

  it('change with every source: a cached response is not reused', async () => {
    const path = `/api/stocks/SPY/ohlcv?timeframe=1m&${WINDOW}`;
    const etag = (await api.get(path)).headers.etag;
    await api.pool.query(
      `update bars set close = close + 0.25, high = high + 1 where asset_id = $1 and time = '2026-11-24T15:28Z'`,
      [spare],
    );
    const { headers, json } = await api.get(path);
    expect(headers.etag).not.toBe(etag);
    expect(json.bars.at(-1)!.close).toBe(158.75 + 0.25);
  });
});

describe('sources with other timeframes', () => {
  it('give the newest price, which is the close of their last minute, and say so', async () => {
    const { bar, quote, timeframe } = LatestSchema.parse(await get('/api/crypto/BTC/latest'));
    expect([timeframe, bar?.time, bar?.source]).toEqual(['30m', '2026-11-24T12:00:00Z', undefined]);
    const { bars } = await get('/api/crypto/BTC/ohlcv?timeframe=1m&limit=1');
    expect(quote).toEqual({
      ...{ price: bars[0]!.close, time: '2026-11-24T14:00:00.000Z' },
      ...{ delayedBy: 0, source: 'coinbase' },
    });
    const later = { price: 1_234.5, time: new Date('2026-11-24T14:00:30Z') };
    await api.pool.query(
      `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id) values ($1, $2, 'USD', $3, $3, 1)`,
      [btc, later.price, later.time],
    );
    expect((await get('/api/crypto/BTC/latest')).quote).toEqual({
      ...{ price: later.price, time: later.time.toISOString(), delayedBy: 0 },
    });
  });

  it('are reported by the pipeline that keeps them up to date', async () => {
    const { pipelines, totals } = await get('/api/pipeline/status');
    const rows = pipelines as StatusBody['pipelines'];
    const freshness = (id: string) => rows.find(({ pipeline }) => pipeline === id)!.freshness;
    const of = (id: string) => freshness(id).map(({ symbol, timeframe }) => `${symbol} ${timeframe}`);
    expect(of('crypto_1min')).toEqual(['BTC 1m', 'ETH 1m', 'SOL 1m', 'XRP 1m']);
    // it only stands in for the first source
    expect(of('us_stocks_1min')).toEqual([]);
    expect(of('stocks_1min')).toContain('SPY 1m');
    // as fresh as what it serves
    expect(freshness('stocks_1min').find(({ symbol }) => symbol === 'SPY')?.lastBar).toBe('2026-11-24T15:28:00Z');
    await ensureProviders(api.pool, ['alpaca', 'coinbase']);
    const { providers } = ProvidersSchema.parse(await get('/api/providers'));
    const counts = providers.map(({ provider, live }) => [provider, live.assets]);
    expect(Object.fromEntries(counts)).toEqual({ yahoo: 7, coingecko: 4, alpaca: 0, coinbase: 4 });
    expect(totals).toMatchObject({ sources: 4 });
  });

  it('serve those that only they have, and fill with aggregates what the first lacks', async () => {
    expect((await get('/api/crypto/BTC/ohlcv?timeframe=1m&limit=10')).bars).toHaveLength(10);
    const { bars } = await get('/api/crypto/BTC/ohlcv?timeframe=30m&start=2026-11-24T10:00Z&end=2026-11-24T15:00Z');
    expect(minutesOf(bars, undefined)).toEqual(['10:00', '10:30', '11:00', '11:30', '12:00']);
    expect(minutesOf(bars, 'coinbase')).toEqual(['12:30', '13:00', '13:30']);
    const hours = await get('/api/crypto/BTC/ohlcv?timeframe=1h&start=2026-11-24T10:00Z&end=2026-11-24T15:00Z');
    expect(minutesOf(hours.bars, 'coinbase')).toEqual(['12:00', '13:00']);
  });
});

describe('a further source that is added to a paused asset', () => {
  it('is paused with it', async () => {
    const { pool } = api;
    await pool.query(`delete from assets where symbol = 'MSFT' and source_of is not null`);
    await pool.query(`update assets set active = false, inactive_because = 'a test' where symbol = 'MSFT'`);
    expect(await addFurtherSources(pool)).toHaveLength(1);
    const { rows } = await pool.query(`select active, inactive_because from assets where symbol = 'MSFT'`);
    expect(rows).toEqual([0, 1].map(() => ({ active: false, inactive_because: 'a test' })));
  });
});

describe('the coverage of two sources', () => {
  const sessionOf = async (query: string) => {
    const { json } = await api.get(`/api/coverage/${query}&start=2026-11-24&end=2026-11-25`);
    return CoverageSchema.parse(json).sessions[0]!;
  };

  it('is that of the served bars, and that of one source if the request says so', async () => {
    expect(await sessionOf('SPY?timeframe=1m')).toMatchObject({ expected: 60, filled: 59, pending: 1 });
    expect(await sessionOf('SPY?timeframe=1m&source=yahoo')).toMatchObject({ expected: 60, filled: 45, pending: 15 });
    // 15 minutes late
    expect(await sessionOf('SPY?timeframe=1m&source=alpaca')).toMatchObject({ expected: 44, filled: 44, pending: 0 });
    const hashes = await Promise.all(['', '&source=alpaca'].map((one) => sessionOf(`SPY?timeframe=1m${one}`)));
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(2);
  });

  it('has the bars aggregated from shorter ones of a later source, which have no hash', async () => {
    expect(await sessionOf('BTC?timeframe=30m')).toMatchObject({ expected: 11, filled: 8, hash: null });
    expect(await sessionOf('BTC?timeframe=30m&source=coingecko')).toMatchObject({ expected: 10, filled: 5 });
  });

  it('is also told of timeframes that only a later source stores', async () => {
    const served = await sessionOf('BTC?timeframe=1m');
    expect(served).toMatchObject({ filled: 180 });
    expect(served).toEqual(await sessionOf('BTC?timeframe=1m&source=coinbase'));
    const { json } = await api.get('/api/coverage?timeframe=1m');
    expect(CoverageSummarySchema.parse(json).series.filter(({ filled }) => filled > 0)).toMatchObject([
      { symbol: 'SPY', filled: 59, pending: 1 },
      { symbol: 'BTC', filled: 180 },
    ]);
    const matrix = CoverageMatrixSchema.parse((await api.get('/api/coverage/matrix?timeframe=1m&sessions=1')).json);
    expect(matrix.assets.find(({ symbol }) => symbol === 'SPY')).toMatchObject({ filled: [59] });
    expect(matrix.assets.map(({ symbol }) => symbol)).toContain('BTC');
  });
});

describe('an asset whose first source is not requested', () => {
  const wordsOf = async (symbol: string) =>
    (await api.get(`/api/coverage/${symbol}`)).json.sourceOutage as string | null;

  it('says until when, and what stands in or that it has no other source', async () => {
    expect(await wordsOf('SPY')).toBeNull();
    await api.pool.query(
      `update provider_state set blocked_until = '2099-01-01T00:00Z', blocked_type = 'RateLimited' where provider = 'yahoo'`,
    );
    await eventually(async () => expect(await wordsOf('SIE.DE')).not.toBeNull());
    const why = 'Yahoo Finance blocks requests until 2099-01-01 00:00 UTC';
    expect(await wordsOf('SIE.DE')).toBe(`${why}; SIE.DE has no other source`);
    expect(await wordsOf('SPY')).toBe(`${why}; Alpaca stands in`);
    expect(await wordsOf('BTC')).toBeNull();
    const { assets } = AssetListSchema.parse((await api.get('/api/assets/list')).json);
    expect(assets.find(({ symbol }) => symbol === 'SIE.DE')).toMatchObject({
      sourceOutage: `${why}; SIE.DE has no other source`,
    });
    await api.pool.query(`update provider_state set blocked_until = '-infinity', blocked_type = null`);
  });
});

describe('lists of what is about a source', () => {
  it('name it, and have all sources of a symbol', async () => {
    const { pool } = api;
    await pool.query(
      `insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at, replaced_at,
        replaced_by_payload)
      select asset_id, timeframe, time, open, high, low, close - 1e-3, volume, 1, gen_random_uuid(), now(), now(), now(), 2
      from bars where asset_id = any($1) and timeframe = '1m' and time = '2026-11-24T15:00Z'`,
      [[spy, spare]],
    );
    const { revisions } = RevisionPageSchema.parse((await api.get('/api/revisions?symbol=SPY')).json);
    expect(revisions.map(({ source }) => source).sort()).toEqual(['alpaca', 'yahoo']);
    for (const { source, lineage } of revisions) expect((await get(lineage)).source ?? source).toBe(source);
  });
});
