import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

let api: ApiUnderTest;
let spy: number;

const minute = (n: number): string => new Date(Date.parse('2026-11-24T14:30:00Z') + n * 60_000).toISOString();
const label = (n: number): string => minute(n).replace('.000Z', 'Z');
const store = (first: number, last = first) =>
  storeBars(api.pool, { asset: spy, timeframe: '1m', step: '1 minute', from: minute(first), to: minute(last) });

beforeAll(async () => {
  api = await startApi();
  spy = api.assets.get('SPY')!;
});
beforeEach(async () => {
  await api.pool.query('truncate bars');
  // minutes 0 to 29 without 3 and 26
  await store(0, 2);
  await store(4, 25);
  await store(27, 29);
});
afterAll(() => api?.close());

/** All rows of a request, page by page, by cursor alone; `meanwhile` happens after each page. */
async function pages(url: string, meanwhile: (page: number) => Promise<unknown>): Promise<Record<string, unknown>[][]> {
  const all: Record<string, unknown>[][] = [];
  let next: string | null = url;
  while (next !== null) {
    const { status, json, headers } = await api.get(next);
    expect(status).toBe(200);
    expect(headers.link === undefined).toBe(json.nextCursor === null);
    all.push(json.bars);
    next = json.nextCursor === null ? null : `/api/stocks/SPY/ohlcv?limit=7&cursor=${json.nextCursor}`;
    if (next) await meanwhile(all.length);
  }
  return all;
}
const timesOf = (rows: Record<string, unknown>[]) => rows.map(({ time }) => time);
const stored = Array.from({ length: 30 }, (_, n) => n).filter((n) => n !== 3 && n !== 26);

/** New minutes close all the time, a hole behind the pages is filled, and one before them, and bars are corrected. */
const meanwhile = async (page: number, behind: number, before: number): Promise<void> => {
  await store(29 + page);
  if (page === 2) {
    await store(behind);
    await store(before);
    await api.pool.query(`update bars set high = 900 where time in ($1, $2)`, [minute(1), minute(28)]);
  }
};

describe('pages while bars arrive, are inserted and corrected', () => {
  it('go back from the newest, each bar once, and with what was inserted before they came there', async () => {
    const all = await pages('/api/stocks/SPY/ohlcv?timeframe=1m&limit=7', (page) => meanwhile(page, 26, 3));
    const oldestFirst = all.toReversed().flat();
    expect(timesOf(oldestFirst)).toEqual([...stored, 3].sort((a, b) => a - b).map(label));
    expect(oldestFirst.find(({ time }) => time === label(1))).toMatchObject({ high: 900 });
    expect(oldestFirst.find(({ time }) => time === label(28))).not.toMatchObject({ high: 900 });
  });

  it('are the same from the newest with each page turned', async () => {
    const all = await pages('/api/stocks/SPY/ohlcv?timeframe=1m&limit=7&sort=desc', (page) => meanwhile(page, 26, 3));
    expect(timesOf(all.flat())).toEqual([...stored, 3].sort((a, b) => b - a).map(label));
  });

  it('go forward from a start up to its end, and without an end to what has arrived by then', async () => {
    const closed = `/api/stocks/SPY/ohlcv?timeframe=1m&limit=7&start=${label(0)}`;
    const window = await pages(`${closed}&end=${label(30)}`, (page) => meanwhile(page, 3, 26));
    expect(timesOf(window.flat())).toEqual([...stored, 26].sort((a, b) => a - b).map(label));
    const open = await pages(closed, (page) => store(40 + page));
    expect(timesOf(open.flat().slice(0, 30))).toEqual(Array.from({ length: 30 }, (_, n) => label(n)));
    expect(timesOf(open.at(-1)!).at(-1)).toBe(label(40 + open.length - 1));
  });

  it('hold what a single page holds when nothing happens', async () => {
    const whole = (await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&limit=10000')).json;
    expect(whole.nextCursor).toBeNull();
    for (const sort of ['asc', 'desc']) {
      const all = await pages(`/api/stocks/SPY/ohlcv?timeframe=1m&limit=7&sort=${sort}`, () => Promise.resolve());
      const rows = sort === 'asc' ? all.toReversed().flat() : all.flat().reverse();
      expect(rows).toEqual(whole.bars);
    }
  });
});
