import { beforeEach, describe, expect, it } from 'vitest';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { rebuildSeries } from '../../cli/rebuild/rebuild-series.js';
import { applySplits } from '../../db/repositories/load/apply-splits.js';
import { payloadsWithBarsAt } from '../../db/repositories/upkeep/replayable-payloads.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import {
  type Cells,
  ingestPayload,
  ingestWirePayload,
  openTestRun,
  storeWirePayload,
  type WirePayload,
  yahooBody,
} from '../wire-payloads.js';

const store = useStore();
beforeEach(() => openTestRun(store.pool));

const session = calendarOf('XNYS').sessionOn('2026-11-20')!;
const minute = (i: number) => session.open + i * MINUTE;

const answer = (fetchedAt: number, rows: [time: number, cells: Cells][], events = {}): WirePayload => ({
  assetId: store.assetId('SPY'),
  timeframe: '1m',
  window: { from: session.open, to: minute(10) },
  fetchedAt,
  body: yahooBody('SPY', rows, events),
});

/** What a provider answers for one minute, in the order in which it is fetched. */
const ANSWERS = {
  known: [102.75, 104, 102.5, 103, 100],
  agreeing: [0, 104, 102.5, 103, 100],
  corrected: [0, 105, 102.6, 104.5, 110],
  knownAnew: [102.7, 105, 102.6, 104.5, 110],
  excluding: [0, 105, 103, 104.5, 110],
  agreeingAgain: [null, 104, 102.5, 103, 100],
} satisfies Record<string, Cells>;
type Name = keyof typeof ANSWERS;
const of = (name: Name) =>
  answer(session.open + HOUR * (1 + Object.keys(ANSWERS).indexOf(name)), [[minute(3), ANSWERS[name]]]);

async function storedBar() {
  const { rows } = await store.pool.query<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>(
    'select open, high, low, close, volume from bars where time = $1',
    [new Date(minute(3))],
  );
  return rows.map(({ open, high, low, close, volume }) => [open, high, low, close, volume])[0];
}
const findings = async () =>
  (await examineStore(store.pool, { clockOffsetMs: 0, now: session.close + DAY })).findings.lines();
const differences = async () => {
  const series = { assetId: store.assetId('SPY'), timeframe: '1m' as const };
  return (await rebuildSeries(store.pool, series, { from: session.open, to: session.close }, 0)).differences;
};

const CASES: [why: string, names: Name[], bar: Cells][] = [
  ['is kept where a later answer lacks it', ['known', 'agreeing'], ANSWERS.known],
  [
    'is kept with the other values of a later answer',
    ['known', 'agreeing', 'corrected'],
    [102.75, 105, 102.6, 104.5, 110],
  ],
  ['is that of the latest answer that knows it', ['known', 'corrected', 'knownAnew'], ANSWERS.knownAnew],
  ['is not older than that', ['known', 'knownAnew', 'agreeing'], ANSWERS.knownAnew],
  ['is given up where a later range excludes it', ['known', 'corrected', 'excluding'], [104.5, 105, 103, 104.5, 110]],
  [
    'stays unknown if a still later range includes it',
    ['known', 'excluding', 'agreeingAgain'],
    [103, 104, 102.5, 103, 100],
  ],
];

describe('an open that one answer knows and another does not', () => {
  describe.each(CASES)('%s', (_, names, bar) => {
    it.each([[names], [names.toReversed()]])('as they arrive: %p', async (order) => {
      for (const name of order) await ingestWirePayload(store.pool, of(name));
      expect(await storedBar()).toEqual(bar);
      expect(await differences()).toEqual([]);
      expect(await findings()).toEqual([]);
      await prunePayloads(store.pool, new Date(session.close + DAY), 0);
      expect(await differences()).toEqual([]);
      expect(await findings()).toEqual([]);
    });
  });

  it('is one that the doctor looks up in the answer that knows it', async () => {
    for (const name of ['known', 'corrected'] as const) await ingestWirePayload(store.pool, of(name));
    const plant = (open: string) =>
      store.pool.query(`begin; set local barkeep.load = 'on'; update bars set open = ${open}; commit`);
    await plant('102.8');
    expect((await findings()).join('\n')).toContain('has open 102.75, stored is 102.8');
    await plant('close');
    await store.pool.query('update bars set open_payload_id = null');
    expect((await findings()).join('\n')).toContain('(later_values): 1');
    expect(await differences()).toHaveLength(1);
  });

  it('comes back with a lost bar from the payload that has it', async () => {
    for (const name of ['known', 'agreeing', 'corrected'] as const) await ingestWirePayload(store.pool, of(name));
    const before = await storedBar();
    await store.pool.query('delete from bars');
    const lost = { first: minute(3), last: minute(3), has: (time: number) => time === minute(3) };
    const series = { assetId: store.assetId('SPY'), timeframe: '1m' as const };
    const payloadIds = await payloadsWithBarsAt(store.pool, series, lost);
    expect(payloadIds).toEqual([3, 1]);
    for (const id of payloadIds) await ingestPayload(store.pool, id, true);
    expect(await storedBar()).toEqual(before);
    expect(await findings()).toEqual([]);
  });

  it('is brought to the level after a split with which the other values come', async () => {
    const exDate = calendarOf('XNYS').nextSession(session.date)!;
    const told = { splits: { a: { date: exDate.open / SECOND, numerator: 10, denominator: 1 } } };
    await ingestWirePayload(store.pool, of('known'));
    const rows: [number, Cells][] = [
      [minute(3), [0, 10.4, 10.25, 10.35, 1_000]],
      [minute(9), [10.3, 10.4, 10.2, 10.35, 70]],
    ];
    const after = await storeWirePayload(store.pool, answer(session.open + 4 * DAY, rows, told));
    await ingestPayload(store.pool, after);
    const batches = await store.pool.query<{ id: number }>('select id from batches where payload_id = $1', [after]);
    await store.pool.query(`update batches set state = 'ready' where payload_id = $1`, [after]);
    await applySplits(store.pool, store.assetId('SPY'), [Number(batches.rows[0]!.id)], RUN_ID);
    expect(await storedBar()).toEqual([10.275, 10.4, 10.25, 10.35, 1_000]);
    expect(await differences()).toEqual([]);
  });
});
