import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type pg from 'pg';
import { connect } from '../../db/client.js';
import { BarDeriver } from '../../api/series/derived-bars.js';
import { specOf, type SeriesSpec } from '../../api/series/series-spec.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { createTestDatabase } from '../environment/database.js';
import { storeBars } from './api-fixture.js';

let pool: pg.Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  pool = connect(test.url).pool;
  const minutes = { asset: 1, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-20T14:30Z', to: '2026-11-20T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-24T14:30Z', to: '2026-11-24T15:29Z' });
  // holes of every width, and what lies outside all sessions
  await pool.query(`delete from bars where extract(minute from time)::int % 7 = 3 or extract(hour from time) = 17`);
  await storeBars(pool, { ...minutes, from: '2026-11-22T00:00Z', to: '2026-11-22T00:40Z' });
});
afterAll(async () => {
  await pool.end();
  await drop();
});

const spy = { id: 1, symbol: 'SPY', assetClass: 'stock', provider: 'yahoo', exchange: 'XNYS' } as AssetRow;
const view = (timeframe: '5m' | '1h' | '4h'): SeriesSpec =>
  specOf(
    spy,
    [spy],
    { timeframe, from: null, to: null, newest: true, descending: false, adjustment: 'split', asOf: null },
    null,
    Date.parse('2026-11-24T15:40:00Z'),
  );

describe('a page of rolled-up bars', () => {
  it('is the same however many stored bars are read at once, from either end', async () => {
    const snapshots = new BarSnapshots(pool);
    const all = { from: null, to: null, newest: true, limit: 1_000 };
    const timeframes = ['5m', '1h', '4h'] as const;
    const wholes = await snapshots.read(async (snapshot) => {
      const bars = [];
      for (const timeframe of timeframes) bars.push(await new BarDeriver(view(timeframe), snapshot).bars(all));
      return bars;
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.boolean(), fc.nat(120), fc.nat(400), async (which, newest, more, chunk) => {
        const part = { from: null, to: null, newest, limit: more + 1 };
        const limits = { chunk: chunk + 240, page: 1e6 };
        const made = await snapshots.read((snapshot) =>
          new BarDeriver(view(timeframes[which]!), snapshot, limits).bars(part),
        );
        const whole = wholes[which]!;
        const [begin, end] = newest ? [-part.limit, undefined] : [0, part.limit];
        expect(made.bars.time).toEqual(whole.bars.time.slice(begin, end));
        expect(made.bars.volume).toEqual(whole.bars.volume.slice(begin, end));
        expect(made.sessions).toEqual(whole.sessions.slice(begin, end));
        const shown = new Set(made.bars.time);
        expect(made.incomplete).toEqual(whole.incomplete.filter(({ time }) => shown.has(time)));
      }),
      { numRuns: 100 },
    );
  });

  it('ends where enough is read, and says so; going on from there gives the rest', async () => {
    const snapshots = new BarSnapshots(pool);
    await snapshots.read(async (snapshot) => {
      const whole = await new BarDeriver(view('1h'), snapshot).bars({
        from: null,
        to: null,
        newest: true,
        limit: 1_000,
      });
      expect(whole.cut).toBe(false);
      const maker = new BarDeriver(view('1h'), snapshot, { chunk: 100, page: 150 });
      const times: number[] = [];
      let pages = 0;
      for (let to: number | null = null; ; pages++) {
        const { bars, cut } = await maker.bars({ from: null, to, newest: true, limit: 1_000 });
        times.unshift(...bars.time);
        if (!cut) break;
        to = bars.time[0]!;
      }
      expect(pages).toBeGreaterThan(3);
      expect(times).toEqual(whole.bars.time);
    });
  });
});
