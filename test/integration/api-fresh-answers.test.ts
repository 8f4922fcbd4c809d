import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

const OPEN = Date.parse('2026-11-24T14:30:00Z');
const OHLCV = '/api/stocks/SPY/ohlcv?timeframe=1m';
const LATEST = '/api/stocks/SPY/latest';

let api: ApiUnderTest;
/** Stands for the worker: connections that the API knows nothing of. */
let worker: pg.Pool;
let spy: number;

beforeAll(async () => {
  api = await startApi();
  spy = api.assets.get('SPY')!;
  worker = new pg.Pool({ ...api.pool.options, password: api.pool.options.password, max: 8 });
});
afterAll(async () => {
  await worker.end();
  await api.close();
});
beforeEach(async () => {
  await worker.query('truncate bars');
  await worker.query('truncate quotes');
  await storeBars(worker, { asset: spy, timeframe: '1d', step: '1 day', from: '2026-11-23Z', to: '2026-11-23Z' });
  await storeMinute(worker, spy, 0);
});

/** In minutes from OPEN. */
const YESTERDAY = -DAY / MINUTE;
const timeOf = (minute: number) => new Date(OPEN + minute * MINUTE).toISOString();
const shown = (minute: number) => timeOf(minute).replace('.000Z', 'Z');
const storeMinute = (db: pg.Pool | pg.PoolClient, asset: number, minute: number) =>
  storeBars(db as pg.Pool, { asset, timeframe: '1m', step: '1 minute', from: timeOf(minute), to: timeOf(minute) });
const times = async (url: string) => (await api.get(url)).json.bars.map(({ time }) => time);
const latest = async (url: string) => (await api.get(url)).json as unknown as LatestAnswer;

interface LatestAnswer {
  bar: { time: string; close: number };
  quote: { price: number } | null;
  previousClose: number;
}

describe('what others commit', () => {
  it('is in the very next answer, every time, while many ask and others write', async () => {
    const symbols = ['SPY', 'NVDA', 'MSFT', 'GOOGL'];
    let isWriting = true;
    let answers = 0;
    const ask = async (symbol: string) => {
      for (; isWriting; answers++) {
        await api.get(`/api/stocks/${symbol}/ohlcv?timeframe=1m&limit=5`);
        await api.get(`/api/stocks/${symbol}/latest`);
      }
    };
    const write = async (symbol: string) => {
      const seen: unknown[] = [];
      for (let minute = 1; minute <= 40; minute++) {
        await storeMinute(worker, api.assets.get(symbol)!, minute);
        const url = `/api/stocks/${symbol}`;
        const [bars, { bar }] = await Promise.all([
          times(`${url}/ohlcv?timeframe=1m&limit=5`),
          latest(`${url}/latest`),
        ]);
        seen.push([bars.at(-1), bar.time]);
      }
      return seen;
    };
    const asking = symbols.flatMap((symbol) => [ask(symbol), ask(symbol)]);
    const seen = await Promise.all(symbols.map(write));
    isWriting = false;
    await Promise.all(asking);
    const each = Array.from({ length: 40 }, (_, i) => [shown(i + 1), shown(i + 1)]);
    expect(seen).toEqual(symbols.map(() => each));
    expect(answers).toBeGreaterThan(40);
  });

  it('is seen though a younger transaction was committed before', async () => {
    const older = await worker.connect();
    try {
      await older.query('begin');
      await storeMinute(older, spy, YESTERDAY); // of another session: else the younger one would wait
      await storeMinute(worker, spy, 1);
      expect(await times(OHLCV)).toEqual([shown(0), shown(1)]);
      await older.query('commit');
      expect(await times(OHLCV)).toEqual([shown(YESTERDAY), shown(0), shown(1)]);
    } finally {
      older.release(true);
    }
  });

  it('changes the ETag, and nothing else does', async () => {
    const before = await Promise.all([OHLCV, LATEST].map((url) => api.get(url)));
    const again = () =>
      Promise.all([OHLCV, LATEST].map((url, i) => api.get(url, { 'if-none-match': before[i]!.headers.etag! })));
    expect((await again()).map(({ status }) => status)).toEqual([304, 304]);
    await storeMinute(worker, spy, 1);
    expect((await again()).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('shows a live price at once, and that it is gone', async () => {
    const price = async () => (await latest(LATEST)).quote?.price;
    expect(await price()).toBeUndefined();
    for (const quoted of [250.5, 250.75]) {
      await worker.query(
        `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id) values ($1, $2, 'USD', now(), now(), 1)
         on conflict (asset_id) do update set price = excluded.price`,
        [spy, quoted],
      );
      expect(await price()).toBe(quoted);
    }
    await worker.query('truncate quotes');
    expect(await price()).toBeUndefined();
  });
});

describe('a split', () => {
  it('is never seen in part: all prices of an answer are on one level, and the next one is on the new', async () => {
    await worker.query(
      `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id) values ($1, 100.25, 'USD', now(), now(), 1)`,
      [spy],
    );
    for (let minute = 1; minute < 50; minute++) await storeMinute(worker, spy, minute); // each closes at 100.25
    let isWriting = true;
    const levels: number[][] = [];
    const ask = async () => {
      while (isWriting) {
        const [ohlcv, { bar, quote, previousClose }] = await Promise.all([api.get(OHLCV), latest(LATEST)]);
        levels.push([...new Set(ohlcv.json.bars.map(({ close }) => close as number))]);
        levels.push([...new Set([bar.close, quote!.price, previousClose])]);
      }
    };
    const asking = [ask(), ask(), ask()];
    for (let split = 0; split < 20; split++) {
      const factor = split % 2 === 0 ? 2 : 0.5;
      const tx = await worker.connect();
      await tx.query('begin');
      const scaled = ['open', 'high', 'low', 'close'].map((column) => `${column} = ${column} * ${factor}`);
      await tx.query(`update bars set ${scaled.join(', ')} where asset_id = $1`, [spy]);
      await tx.query(`update quotes set price = price * ${factor} where asset_id = $1`, [spy]);
      await tx.query('commit');
      tx.release();
      const { json } = await api.get(OHLCV);
      expect(json.bars.at(-1)!.close).toBe(split % 2 === 0 ? 200.5 : 100.25);
    }
    isWriting = false;
    await Promise.all(asking);
    expect(levels.filter((level) => level.length !== 1)).toEqual([]);
    expect(new Set(levels.flat())).toEqual(new Set([100.25, 200.5]));
  });
});
