import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { examineStore, type Examination } from '../../cli/doctor/examine.js';
import { proofOf, reportOf } from '../../cli/doctor/report.js';
import { applySplits } from '../../db/repositories/load/apply-splits.js';
import { calendarOf, type Session } from '../../domain/calendars/index.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { type Cells, around, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';
import { plant as plantIn, SavedStore } from './proof-fixture.js';

const store = useStore({ isEmptied: false });

const at = Date.parse;
const [tuesday, wednesday, thursday] = calendarOf('XNYS').sessionsBetween(
  at('2026-11-17T00:00Z'),
  at('2026-11-20T00:00Z'),
) as [Session, Session, Session];
/** Ten minutes into Thursday's session. */
const NOW = thursday.open + 10 * MINUTE + 30_000;

let pool: pg.Pool;
let spy: number;
let saved: SavedStore;

/** Minutes of a session as Yahoo sends them, without the seventh; `change` replaces closes. */
const minutesOf = ({ open }: Session, count: number, change: Record<number, number> = {}): [number, Cells][] =>
  Array.from({ length: count }, (_, i): [number, Cells] => [
    open + i * MINUTE,
    i === 7 ? [null, null, null, null, null] : around(change[i] ?? 100 + ((i * 7) % 13) / 8, 100 + i),
  ]);
const answerOf = (session: Session, fetchedAt: number, rows: [number, Cells][]) => ({
  assetId: spy,
  timeframe: '1m' as const,
  window: { from: session.open, to: session.close },
  fetchedAt,
  body: yahooBody('SPY', rows),
});

/** A sound store: Tuesday with a correction and a confirmed empty minute, Wednesday, Thursday as far as it is. */
beforeAll(async () => {
  pool = store.pool;
  spy = store.assetId('SPY');
  await openTestRun(pool);
  await ingestWirePayload(pool, answerOf(tuesday, tuesday.close + HOUR, minutesOf(tuesday, 390)));
  await ingestWirePayload(
    pool,
    answerOf(tuesday, tuesday.close + 7 * HOUR, minutesOf(tuesday, 390, { 50: 111, 51: 112 })),
  );
  await ingestWirePayload(pool, answerOf(wednesday, wednesday.close + HOUR, minutesOf(wednesday, 390)));
  await ingestWirePayload(pool, answerOf(thursday, NOW, minutesOf(thursday, 11)));
  await ingestWirePayload(pool, {
    assetId: spy,
    timeframe: '1d',
    window: { from: tuesday.open, to: thursday.open },
    fetchedAt: NOW - MINUTE,
    body: yahooBody(
      'SPY',
      [tuesday, wednesday].map(({ open }) => [open, around(101)]),
    ),
  });
  saved = new SavedStore(pool);
  await saved.save();
});
afterEach(() => saved.restore());

const examine = (): Promise<Examination> => examineStore(pool, { clockOffsetMs: 0, now: NOW });
const plant = (statement: string, values: unknown[] = []) => plantIn(pool, statement, values);
const minute = (session: Session, i: number) => new Date(session.open + i * MINUTE);
const COPIED =
  'session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return, payload_id, run_id, fetched_at, recorded_at';
/** Stores a copy of a bar at another time. */
const copyBar = (from: Date, to: Date) =>
  plant(
    `insert into bars (asset_id, timeframe, time, ${COPIED}) select asset_id, timeframe, $3, ${COPIED} from bars
    where asset_id = $1 and timeframe = '1m' and time = $2`,
    [spy, from, to],
  );

describe('a sound store', () => {
  it('is proved: every expected bar is in one state, and nothing is unexplained', async () => {
    const examination = await examine();
    expect(examination.findings.lines()).toEqual([]);
    expect(proofOf(examination)).toBe(
      '11 assets, 792 expected, 789 filled, 1 confirmed empty, 2 pending, 0 unexplained; bars proved: 789 by payload, 0 by digest, 0 not',
    );
    const [minutes, days] = examination.series;
    expect(minutes).toMatchObject({ bars: 787, expected: 790, filled: 787, empty: 1, pending: 2, revisions: 2 });
    expect(days).toMatchObject({ bars: 2, expected: 2, filled: 2 });
    // each bar, the two former versions, and of what came twice the later one
    expect(minutes!.values).toEqual({
      ...{ compared: 787 + 2 + 387, digested: 0, unproven: 0 },
      bars: { payload: 787, digest: 0, none: 0 },
    });
  });

  it('may have lost bars by SQL: they are pending, and indicators that lean on them are not judged', async () => {
    await pool.query(`delete from bars where asset_id = $1 and time in ($2, $3)`, [
      spy,
      minute(wednesday, 100),
      minute(tuesday, 389),
    ]);
    const examination = await examine();
    expect(examination.findings.lines()).toEqual([]);
    expect(proofOf(examination)).toContain('792 expected, 787 filled, 1 confirmed empty, 4 pending, 0 unexplained');
    expect(examination.series[0]!.missing).toContainEqual(
      expect.objectContaining({ session: wednesday.date, reason: 'lost', slots: 1 }),
    );
    await plant(`update bars set sma_20 = sma_20 + 1 where timeframe = '1m' and time in ($1, $2)`, [
      minute(tuesday, 380),
      minute(wednesday, 120),
    ]);
    expect((await examine()).findings.count('indicators')).toBe(1);
  });

  it('may have pruned payloads: their bars are compared with digests', async () => {
    await prunePayloads(pool, new Date(thursday.date), 0);
    const examination = await examine();
    expect(examination.findings.lines()).toEqual([]);
    expect(examination.series[0]!.values).toEqual({
      ...{ compared: 9, digested: 778 + 2, unproven: 0 },
      bars: { payload: 9, digest: 778, none: 0 },
    });
    expect(reportOf(examination, { all: false, now: NOW }).at(-1)).toMatch(
      /, 0 unexplained; bars proved: \d+ by payload, \d+ by digest, 0 not; digest \d+ is [0-9a-f]{16}$/,
    );
  });

  it('may have lost bars of pruned payloads, which come again with other values', async () => {
    await prunePayloads(pool, new Date(thursday.date), 0);
    await pool.query(`delete from bars where asset_id = $1 and time in ($2, $3)`, [
      spy,
      minute(wednesday, 100),
      minute(tuesday, 50),
    ]);
    expect((await examine()).findings.lines()).toEqual([]);
    await ingestWirePayload(pool, {
      assetId: spy,
      timeframe: '1m',
      window: { from: wednesday.open + 100 * MINUTE, to: wednesday.open + 101 * MINUTE },
      fetchedAt: thursday.open + MINUTE,
      body: yahooBody('SPY', [[wednesday.open + 100 * MINUTE, around(98)]]),
    });
    const { findings } = await examine();
    // the bars around it were computed with the lost one
    expect(findings.lines().filter((line) => !/indicators|sma20|sma50|Return|…/.test(line))).toEqual([]);
  });

  it('may have been brought to the level after a split', async () => {
    await ingestWirePayload(pool, {
      assetId: spy,
      timeframe: '1d',
      window: { from: tuesday.open, to: thursday.open },
      fetchedAt: wednesday.close + 2 * HOUR, // announced ahead
      body: yahooBody('SPY', [[tuesday.open, around(101)]], {
        splits: { a: { date: thursday.open / SECOND, numerator: 3, denominator: 2 } },
      }),
    });
    await pool.query('update corporate_actions set level_since = $1', [new Date(thursday.close)]);
    expect((await applySplits(pool, spy, [], RUN_ID)).rescaled).toBe(780); // without the bars of its ex-date
    const examination = await examine();
    expect(examination.findings.lines()).toEqual([]);
    expect(examination.series[0]).toMatchObject({ bars: 787, revisions: 780 });
  });

  it('expects nothing of an asset that is no longer tracked, and examines its bars', async () => {
    await pool.query('update assets set active = false where id = $1', [spy]);
    await plant('update bars set volume = 1 where time = $1', [minute(tuesday, 3)]);
    const examination = await examine();
    expect(proofOf(examination)).toBe(
      '10 assets, 0 expected, 0 filled, 0 confirmed empty, 0 pending, 2 unexplained; bars proved: 789 by payload, 0 by digest, 0 not',
    );
  });
});

describe('a planted defect is told by its kind:', () => {
  /** In the store, which is green without it, these kinds are told, so many times each. */
  const becomes = async (kinds: Partial<Record<Parameters<Examination['findings']['count']>[0], number>>) => {
    const { findings } = await examine();
    for (const [kind, count] of Object.entries(kinds))
      expect([kind, findings.count(kind as keyof typeof kinds)]).toEqual([kind, count]);
    expect(findings.total).toBeGreaterThan(0);
    return findings.lines().join('\n');
  };
  it('a bar that is skipped', async () => {
    await plant(`delete from bars where asset_id = $1 and time = $2`, [spy, minute(wednesday, 100)]);
    const told = await becomes({ coverage_bits: 1, bar_gone: 1, no_slot: 0, other_values: 0 });
    expect(told).toContain('SPY 1m 2026-11-18T16:10Z: coverage says it is stored, but it is not');
  });
  it('a bar that is skipped, and so is its coverage', async () => {
    await plant(`delete from bars where asset_id = $1 and time = $2`, [spy, minute(wednesday, 389)]);
    await plant(
      `update coverage set filled_slots = set_bit(filled_slots, 389, 0) where session = $1 and timeframe = '1m'`,
      [wednesday.date],
    );
    await becomes({ bar_gone: 1, coverage_bits: 0 });
  });
  it('a bar that is there twice, off the grid', async () => {
    await copyBar(minute(wednesday, 100), new Date(wednesday.open + 100.5 * MINUTE));
    const told = await becomes({ no_slot: 1, other_values: 1 });
    expect(told).toContain('SPY 1m 2026-11-18T16:10Z: off the grid of the session');
    expect(told).toContain('payload 3 has no such bar');
  });
  it('a bar that is there twice, where nothing was traded', async () => {
    await copyBar(minute(tuesday, 6), minute(tuesday, 7));
    await becomes({ coverage_bits: 1, other_values: 1, no_slot: 0 });
  });
  it('a bar that is stored while it forms', async () => {
    await copyBar(minute(thursday, 9), minute(thursday, 10));
    const told = await becomes({ not_final: 1, coverage_bits: 1, other_values: 1 });
    expect(told).toContain('SPY 1m 2026-11-19T14:40Z: fetched 38 s before it was final');
  });
  it('a former version that is not kept', async () => {
    await plant(`delete from bar_revisions where id = (select min(id) from bar_revisions)`);
    const told = await becomes({ revision_gone: 1, other_values: 0 });
    expect(told).toContain('SPY 1m: payload 2 replaced 2 bars, earlier versions kept: 1');
  });
  it('a former version that was never given', async () => {
    await plant(`update bar_revisions set close = close + 0.125, high = high + 1 where time = $1`, [
      minute(tuesday, 50),
    ]);
    expect(await becomes({ other_values: 1 })).toContain('an earlier version: payload 1 has high');
  });
  it('a session that is an hour late', async () => {
    // by a detour: no two bars may have one time, not even for a moment
    for (const by of ['10 years', '1 hour - 10 years'])
      await plant(`update bars set time = time + $2::interval where timeframe = '1m' and session = $1`, [
        wednesday.date,
        by,
      ]);
    const told = await becomes({ no_slot: 60, bar_gone: 60, coverage_bits: 60 });
    expect(told).toContain('outside all sessions');
  });
  it('a correction that is not taken', async () => {
    await plant(
      `update bars b set (open, high, low, close, volume, payload_id, fetched_at) = (
        select r.open, r.high, r.low, r.close, r.volume, r.payload_id, r.fetched_at from bar_revisions r where r.time = b.time)
      where b.timeframe = '1m' and b.time = $1`,
      [minute(tuesday, 50)],
    );
    expect(await becomes({ later_values: 1, other_values: 0 })).toContain('payload 2 has open 111, stored is 101.5');
  });
  it.each(['open', 'high', 'low', 'close', 'volume'])('another %s', async (column) => {
    const change = { open: '+ 0.125', high: '+ 1', low: '- 1', close: '+ 0.125', volume: '+ 1' }[column];
    await plant(`update bars set ${column} = ${column} ${change} where timeframe = '1m' and time = $1`, [
      minute(wednesday, 9),
    ]);
    await becomes({ other_values: 1 });
  });
  it('an indicator that is another one', async () => {
    await plant(`update bars set sma_20 = sma_20 + 1e-9 where timeframe = '1m' and time = $1`, [
      minute(wednesday, 200),
    ]);
    expect(await becomes({ indicators: 1 })).toContain('SPY 1m 2026-11-18T17:50Z: sma20 is');
  });
  it('a warning that its bar does not deserve', async () => {
    await plant(
      `insert into bar_warnings (asset_id, timeframe, time, session, rule, details) values ($1, '1m', $2, $3, 'step', '{}')`,
      [spy, minute(wednesday, 200), wednesday.date],
    );
    await becomes({ warnings: 1 });
  });
  it('a slot that is stored and lost at once', async () => {
    await plant(`update coverage set lost_slots = filled_slots where timeframe = '1d' and session = $1`, [
      tuesday.date,
    ]);
    await becomes({ coverage_sums: 1 });
  });
  it('coverage of a day without a session', async () => {
    await plant(`update coverage set session = '2026-11-21' where timeframe = '1d' and session = $1`, [tuesday.date]);
    await becomes({ coverage_row: 1, coverage_bits: 1 });
  });
  it('a payload that is gone', async () => {
    await plant(`delete from raw_payloads where id = 3`);
    expect(await becomes({ no_payload: 389 })).toContain('payload 3 is not one of this series');
  });
  it('a payload that can no longer be parsed', async () => {
    await plant(`update raw_payloads set body = $1 where id = 3`, [zstdCompressSync(Buffer.from('{"chart": 1}'))]);
    await becomes({ unreadable_payload: 1 });
  });
  it('a bar that came in another payload', async () => {
    await plant(`update bars set payload_id = 4 where timeframe = '1m' and time = $1`, [minute(wednesday, 9)]);
    await becomes({ other_values: 1 });
  });
  it('a series that begins before its first bar, and one that no asset has', async () => {
    await plant(`update series set first_bar = $1 where timeframe = '1m'`, [minute(tuesday, 2)]);
    await plant(
      `insert into bars select asset_id, '30m', time, ${COPIED} from bars where time = $1 and timeframe = '1m'`,
      [minute(tuesday, 0)],
    );
    await becomes({ series_begin: 1, unknown_series: 1 });
  });
});

describe('the report', () => {
  it('lists what is pending with its reason and next attempt, and ends with the proof', async () => {
    await plant(`update bars set volume = 1 where timeframe = '1m' and time >= $1`, [minute(wednesday, 385)]);
    const lines = reportOf(await examine(), { all: false, now: NOW });
    expect(lines).toEqual(
      expect.arrayContaining([
        'bar versions that differ from what their payload gave (other_values): 14',
        '  SPY 1m 2026-11-18T20:55Z: payload 3 has volume 485, stored is 1',
        '  …',
        'Pending:',
        expect.stringMatching(
          /^ {2}SPY 1m: 2 null_at_provider in 2 sessions from 2026-11-18 to 2026-11-19, next attempt /,
        ),
      ]),
    );
    expect(lines.at(-1)).toBe(
      '11 assets, 792 expected, 789 filled, 1 confirmed empty, 2 pending, 14 unexplained; bars proved: 789 by payload, 0 by digest, 0 not',
    );
  });
});
