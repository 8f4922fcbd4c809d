import { beforeAll, describe, expect, it } from 'vitest';
import { loadBatches } from '../../db/repositories/load/batch-loader.js';
import { findChanges } from '../../db/repositories/load/find-changes.sql.js';
import { recountDirty } from '../../db/repositories/coverage/recount.js';
import { claimSession, readCoverage } from '../../db/repositories/coverage/session-coverage.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { batchOf, loadPayload, type Minute, RUN_ID, type SpyPayload } from '../factories.js';

const store = useStore();

const calendar = calendarOf('XNYS');
const sessions = calendar.sessionsBetween(Date.parse('2026-11-17T00:00Z'), Date.parse('2026-11-20T00:00Z'));
const [tuesday, wednesday] = sessions as [(typeof sessions)[0], (typeof sessions)[0]];
const AFTER = Date.parse('2026-11-21T00:00Z');
const minutesFrom = (open: number, closes: number[]): Minute[] =>
  closes.map((close, i) => ({ time: open + i * MINUTE, close }));
const ramp = (n: number, start = 100) => Array.from({ length: n }, (_, i) => start + (i % 17) * 0.25);

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

const BAR_COLUMNS = 'time, session::text, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return';
const storedBars = async () =>
  (await store.pool.query(`select ${BAR_COLUMNS} from bars order by time`)).rows as Record<string, unknown>[];
const storedCoverage = async () =>
  (
    await store.pool.query(
      `select session::text, expected, filled_slots::text, answered_slots::text, filled, pending from coverage order by session`,
    )
  ).rows as unknown[];
const rowVersions = async () =>
  (await store.pool.query<{ v: string }>(`select xmin || '/' || ctid as v from bars order by time`)).rows.map(
    (row) => row.v,
  );

/** A day's answers, one after the other: live minutes with overlaps, a null, a late correction, a refetch of the day. */
const answersOfADay = (): SpyPayload[] => {
  const closes = ramp(120);
  const day = minutesFrom(tuesday.open, closes);
  const next = minutesFrom(wednesday.open, ramp(40, 103));
  const windowOf = (minutes: Minute[]) => ({ from: minutes[0]!.time, to: minutes.at(-1)!.time + MINUTE });
  const answer = (fetchedAt: number, minutes: Minute[], window = windowOf(minutes)): SpyPayload => ({
    fetchedAt,
    window,
    minutes,
  });
  const corrected = day.map((minute, i) => (i === 50 ? { ...minute, close: 111 } : minute));
  return [
    answer(tuesday.open + 70 * MINUTE, day.slice(0, 60)),
    answer(
      tuesday.open + 80 * MINUTE,
      day.slice(40, 70).filter((_, i) => i !== 12),
      windowOf(day.slice(40, 70)),
    ),
    answer(tuesday.open + 130 * MINUTE, corrected.slice(45, 120)),
    answer(tuesday.close + HOUR, day), // and back again to what it was
    answer(wednesday.open + 45 * MINUTE, next),
  ];
};

interface PlanNode {
  'Relation Name'?: string;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

/** How often each node of a plan that reads a table was run. */
const scansOf = (table: string, node: PlanNode): number[] => [
  ...(node['Relation Name'] === table ? [node['Actual Loops']] : []),
  ...(node.Plans ?? []).flatMap((child) => scansOf(table, child)),
];

describe('loading', () => {
  it('stores each final bar once, with its indicators and coverage', async () => {
    const closes = ramp(60);
    const loaded = await loadPayload(store.pool, spy, {
      fetchedAt: AFTER,
      window: { from: tuesday.open, to: tuesday.open + 60 * MINUTE },
      minutes: minutesFrom(tuesday.open, closes),
    });
    expect(loaded).toMatchObject({ inserted: 60, updated: 0, unchanged: 0 });
    const bars = await storedBars();
    const expected = storedIndicators({
      closes,
      sessions: closes.map(() => tuesday.date),
      from: 0,
      previousSession: () => null,
      closeBefore: null,
    });
    expect(bars.map((bar) => bar.sma_20)).toEqual(expected.sma20);
    expect(bars.map((bar) => bar.sma_50)).toEqual(expected.sma50);
    expect(bars.map((bar) => bar.bar_return)).toEqual(expected.barReturn);
    expect(await storedCoverage()).toEqual([
      expect.objectContaining({ session: tuesday.date, expected: 390, filled: 60, pending: 0 }),
    ]);
  });

  it('changes nothing when the same values come again: no row is touched', async () => {
    const answer = answersOfADay()[0]!;
    await loadPayload(store.pool, spy, answer);
    const versions = await rowVersions();
    expect(await loadPayload(store.pool, spy, { ...answer, fetchedAt: AFTER })).toMatchObject({
      inserted: 0,
      updated: 0,
      unchanged: 60,
    });
    expect(await rowVersions()).toEqual(versions);
  });

  it('gives the same counts again for a batch that is loaded already', async () => {
    const batchId = await batchOf(store.pool, spy, answersOfADay()[0]!);
    const first = await loadBatches(store.pool, [batchId], RUN_ID);
    expect(await loadBatches(store.pool, [batchId], RUN_ID)).toEqual(first);
    expect(first[0]).toMatchObject({ inserted: 60 });
  });

  it('keeps the old version of a corrected bar, and recomputes every indicator that depended on it', async () => {
    const [first, , correction] = answersOfADay() as [SpyPayload, SpyPayload, SpyPayload];
    await loadPayload(store.pool, spy, first);
    expect(await loadPayload(store.pool, spy, correction)).toMatchObject({
      inserted: 60,
      updated: 1,
      unchanged: 14,
    });
    const { rows } = await store.pool.query('select time, close, payload_id, replaced_by_payload from bar_revisions');
    expect(rows).toEqual([
      {
        time: new Date(tuesday.open + 50 * MINUTE),
        close: first.minutes[50]!.close,
        payload_id: '1',
        replaced_by_payload: '2',
      },
    ]);
    await expectIndicatorsFromScratch();
  });

  it('reads the later answers once for a late batch, not for each of its rows', async () => {
    const answer = answersOfADay()[0]!;
    await loadPayload(store.pool, spy, answer);
    await loadPayload(store.pool, spy, { ...answer, fetchedAt: AFTER });
    const minutes = answer.minutes.map((minute) => ({ ...minute, close: minute.close + 0.05 }));
    const late = await batchOf(store.pool, spy, { ...answer, minutes, fetchedAt: AFTER - HOUR });
    const { rows } = await store.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${findChanges}`,
      [[late]],
    );
    expect(scansOf('batches', rows[0]!['QUERY PLAN'][0].Plan)).toEqual([1, 1]);
    expect(await loadBatches(store.pool, [late], RUN_ID)).toMatchObject([{ updated: 0, unchanged: 60 }]);
  });

  it('lets an older answer change nothing', async () => {
    const [first, , correction] = answersOfADay() as [SpyPayload, SpyPayload, SpyPayload];
    await loadPayload(store.pool, spy, correction);
    await loadPayload(store.pool, spy, first);
    const bars = await storedBars();
    expect(bars[50]!.close).toBe(111);
    expect((await store.pool.query('select 1 from bar_revisions')).rowCount).toBe(0);
  });

  it('marks what a provider left empty as pending, and fills it later', async () => {
    const [, second] = answersOfADay() as [SpyPayload, SpyPayload];
    await loadPayload(store.pool, spy, second);
    expect(await storedCoverage()).toEqual([expect.objectContaining({ filled: 29, pending: 1 })]);
    await loadPayload(store.pool, spy, answersOfADay()[3]!);
    expect(await storedCoverage()).toEqual([expect.objectContaining({ filled: 120, pending: 0 })]);
  });

  it('refuses a bar that breaks a CHECK, whoever writes it', async () => {
    await loadPayload(store.pool, spy, answersOfADay()[0]!);
    await expect(store.pool.query('update bars set high = low - 1')).rejects.toThrow('bars_high_is_highest');
  });
});

describe('changes made by SQL', () => {
  it('make coverage doubtful until it is recounted', async () => {
    await loadPayload(store.pool, spy, answersOfADay()[0]!);
    await store.pool.query(`delete from bars where time < $1`, [new Date(tuesday.open + 5 * MINUTE)]);
    expect((await store.pool.query('select dirty, filled from coverage')).rows).toEqual([{ dirty: true, filled: 60 }]);
    expect(await recountDirty(store.pool)).toBe(1);
    const coverage = (await readCoverage(store.pool, [spy], '1m', tuesday.date)).get(spy)!.sessions.get(tuesday.date)!;
    expect(coverage.filled.slice(0, 6)).toBe('000001');
    expect(coverage.answered.slice(0, 6)).toBe('111111');
    expect(coverage.nextAttemptAt).toBeNull();
  });
});

/** Every stored indicator equals one computed from all stored bars at once. */
async function expectIndicatorsFromScratch(): Promise<void> {
  const bars = await storedBars();
  const scratch = storedIndicators({
    closes: bars.map((bar) => bar.close as number),
    sessions: bars.map((bar) => bar.session as string),
    from: 0,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: null,
  });
  expect(bars.map((bar) => bar.sma_20)).toEqual(scratch.sma20);
  expect(bars.map((bar) => bar.sma_50)).toEqual(scratch.sma50);
  expect(bars.map((bar) => bar.bar_return)).toEqual(scratch.barReturn);
  expect(bars.map((bar) => bar.daily_return)).toEqual(scratch.dailyReturn);
}

describe('a session that a historical run asks for', () => {
  it('is claimed by one run, and free again after two minutes', async () => {
    const claim = () => claimSession(store.pool, '1m', tuesday.date, [{ assetId: spy, expected: 390 }]);
    expect([await claim(), await claim()]).toEqual([[spy], []]);
    await store.pool.query(`update coverage set next_attempt_at = next_attempt_at - interval '2 minutes'`);
    expect(await claim()).toEqual([spy]);
  });
});
