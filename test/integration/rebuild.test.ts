import { beforeAll, describe, expect, it } from 'vitest';
import { rebuildSeries } from '../../cli/rebuild/rebuild-series.js';
import { applySplits } from '../../db/repositories/load/apply-splits.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { type Cells, around, ingestWirePayload, ingestPayload, storeWirePayload, yahooBody } from '../wire-payloads.js';

const store = useStore();

const session = calendarOf('XNYS').sessionOn('2026-11-20')!;
const minute = (i: number) => session.open + i * MINUTE;
const WINDOW = { from: session.open, to: session.close };

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

const rebuild = (window = WINDOW) => rebuildSeries(store.pool, { assetId: spy, timeframe: '1m' }, window, 0);

/** Minutes `from` to before `to` of an answer fetched so long after the open. */
const answer = (
  after: number,
  from: number,
  to: number,
  cellsOf: (i: number) => Cells = (i) => around(100 + i / 8),
) => ({
  assetId: spy,
  timeframe: '1m' as const,
  window: { from: minute(from), to: minute(to) },
  fetchedAt: session.open + after,
  body: yahooBody(
    'SPY',
    Array.from({ length: to - from }, (_, i) => [minute(from + i), cellsOf(from + i)]),
  ),
});

describe('bars rebuilt from stored payloads', () => {
  it('are those that are stored: overlaps, corrections and late arrivals included', async () => {
    const live = [
      answer(61 * MINUTE, 0, 60),
      answer(91 * MINUTE, 50, 90, (i) => around(i === 55 ? 99 : 100 + i / 8)),
      answer(2 * HOUR, 55, 56), // back to what it was
    ];
    for (const one of [live[2]!, live[0]!, live[1]!]) await ingestWirePayload(store.pool, one);
    expect(await rebuild()).toEqual({ payloads: 3, bars: 90, differences: [], unreadable: [], pruned: [] });
    const { rows } = await store.pool.query(
      `select to_regclass('shadow_bars') as shadow, count(*)::int as bars from bars`,
    );
    expect(rows).toEqual([{ shadow: null, bars: 90 }]);
  });

  it('show what SQL has changed, deleted and made up', async () => {
    await ingestWirePayload(store.pool, answer(3 * HOUR, 0, 60));
    await store.pool.query('update bars set close = close + 0.25 where time = $1', [new Date(minute(3))]);
    await store.pool.query('delete from bars where time = $1', [new Date(minute(7))]);
    await store.pool.query(
      `insert into bars select (jsonb_populate_record(b, jsonb_build_object('time', $2::timestamptz))).* from bars b where time = $1`,
      [new Date(minute(3)), new Date(minute(70))],
    );
    const { differences } = await rebuild();
    const three = ['2026-11-20', 100.375, 101.375, 99.875];
    expect(differences).toEqual([
      { time: minute(3), stored: [...three, 100.625, 100], rebuilt: [...three, 100.375, 100] },
      { time: minute(7), stored: null, rebuilt: ['2026-11-20', 100.875, 101.875, 100.375, 100.875, 100] },
      { time: minute(70), stored: [...three, 100.625, 100], rebuilt: null },
    ]);
  });

  it('lie within the window', async () => {
    await ingestWirePayload(store.pool, answer(3 * HOUR, 0, 60));
    await store.pool.query('update bars set close = close + 0.25 where time = $1', [new Date(minute(3))]);
    expect(await rebuild({ from: minute(4), to: minute(10) })).toMatchObject({ bars: 6, differences: [] });
    expect(await rebuild({ from: minute(3), to: minute(4) })).toMatchObject({
      bars: 1,
      differences: [{ time: minute(3) }],
    });
  });

  it('are not made of what was never loaded', async () => {
    await ingestWirePayload(store.pool, answer(HOUR, 0, 30));
    await storeWirePayload(store.pool, answer(2 * HOUR, 0, 60));
    expect(await rebuild()).toMatchObject({ payloads: 1, bars: 30, differences: [] });
  });

  it('are listed as past the retention where nothing is left of them, and are no difference then', async () => {
    await ingestWirePayload(store.pool, answer(HOUR, 0, 30));
    await ingestWirePayload(store.pool, answer(2 * HOUR, 20, 60));
    await store.pool.query('update raw_payloads set body = null where id = 1');
    expect(await rebuild()).toEqual({
      payloads: 1,
      bars: 40,
      differences: [],
      unreadable: [],
      pruned: [{ session: '2026-11-20', bars: 20 }],
    });
  });

  it('have released rows among them', async () => {
    const payloadId = await ingestWirePayload(
      store.pool,
      answer(HOUR, 0, 30, (i) => around(100, i === 4 ? -1 : 100)),
    );
    await store.pool.query(`update rejected_bars set state = 'released'`);
    expect((await rebuild()).differences).toEqual([
      { time: minute(4), stored: null, rebuilt: ['2026-11-20', 100, 101, 99.5, 100, null] },
    ]);
    await ingestPayload(store.pool, payloadId, true);
    expect(await rebuild()).toMatchObject({ bars: 30, differences: [] });
  });

  it('are at the price level after a split, from whichever side of it their answers are', async () => {
    const exDate = calendarOf('XNYS').nextSession(session.date)!;
    const told = { splits: { a: { date: exDate.open / SECOND, numerator: 10, denominator: 1 } } };
    await ingestWirePayload(
      store.pool,
      answer(HOUR, 0, 30, (i) => around(100 + i / 8)),
    );
    const at = { ...answer(4 * DAY, 20, 60), body: yahooBody('SPY', [[minute(59), around(10.3, 7)]], told) };
    const after = await storeWirePayload(store.pool, at);
    await ingestPayload(store.pool, after);
    const { rows } = await store.pool.query<{ id: number }>(`select id from batches where payload_id = $1`, [after]);
    await store.pool.query(`update batches set state = 'ready'`);
    await applySplits(store.pool, spy, [Number(rows[0]!.id)], RUN_ID);
    await ingestPayload(store.pool, 1, true);
    const stored = await store.pool.query<{ close: number }>('select close from bars order by time');
    expect(stored.rows.map(({ close }) => close).slice(0, 3)).toEqual([10, 10.0125, 10.025]);
    expect(await rebuild()).toMatchObject({ payloads: 2, bars: 31, differences: [] });
  });
});
