import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type pg from 'pg';
import { transformActivities } from '../../activities/transform.js';
import { connect, type Database } from '../../db/client.js';
import { loadBatches } from '../../db/repositories/load/batch-loader.js';
import { readSeries } from '../../db/repositories/read/whole-series.js';
import { countWrongWarnings, readWarnings } from '../../db/repositories/read/bar-warnings.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { NEIGHBOUR_RULES, neighbourWarnings } from '../../domain/rules/neighbour-rules.js';
import { MINUTE, type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { createTestDatabase } from '../environment/database.js';
import { allowSameAssets, RUN_ID } from '../factories.js';
import { type Cells, storeWirePayload, yahooBody } from '../wire-payloads.js';
import { casesOf } from '../long-tests.js';

/** Of the property, ten cases each. */
const RUNS = casesOf(40, 10);

const calendar = calendarOf('XNYS');
const sessions = calendar.sessionsBetween(Date.parse('2026-03-02T00:00Z'), Date.parse('2026-11-21T00:00Z'));
const AFTER = Date.parse('2026-11-23T00:00Z');
/** Bars as Yahoo stamps them: minutes from an hour before a session ends, so that the night lies among them; or days. */
const STAMPS: Record<'1m' | '1d', number[]> = {
  '1m': sessions
    .slice(-3)
    .flatMap((session) => slotsOf('XNYS', '1m', session))
    .slice(330),
  '1d': sessions.map((session) => session.open),
};

let database: Database;
let drop: () => Promise<void>;
let pool: pg.Pool;
let stores = 0;

beforeAll(async () => {
  const test = await createTestDatabase();
  database = connect(test.url);
  pool = database.pool;
  drop = test.drop;
  await allowSameAssets(pool);
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** An asset of its own. */
async function newAsset(): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      values ('A' || $1::int, 'asset', 'stock', 'yahoo', 'SPY', 'XNYS', 'USD') returning id`,
    [++stores],
  );
  return rows[0]!.id;
}

type Row = [time: number, cells: Cells];
interface Answer {
  assetId: number;
  timeframe: '1m' | '1d';
  rows: Row[];
  /** Minutes after all bars were final. */
  fetched: number;
}

/** Loads answers together, as a run does. */
async function load(answers: Answer[]): Promise<void> {
  const payloadIds = await Promise.all(
    answers.map(({ assetId, timeframe, rows, fetched }) =>
      storeWirePayload(pool, {
        assetId,
        timeframe,
        window: { from: rows[0]![0], to: rows.at(-1)![0] + TIMEFRAME_MS[timeframe] },
        fetchedAt: AFTER + fetched * MINUTE,
        body: yahooBody('SPY', rows),
      }),
    ),
  );
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  const run = { workflowId: 'warnings', runId: RUN_ID };
  const transformed = await transform({ run, payloadIds });
  const batchIds = transformed.map((item) => {
    if ('error' in item) throw new Error(item.error.message);
    return item.batchId!;
  });
  await loadBatches(pool, batchIds, RUN_ID);
}

/** What is stored, and what the stored bars give when they are judged at once; in one order. */
async function bothWarnings(assetId: number, timeframe: StoredTimeframe) {
  const stored = await readWarnings(pool, { assetId, timeframe });
  const bars = await readSeries(pool, assetId, timeframe);
  const judged = neighbourWarnings(bars, TIMEFRAME_MS[timeframe]);
  expect(countWrongWarnings(stored, judged)).toBe(0);
  const inOrder = (warnings: typeof stored) =>
    warnings
      .map(({ time, session, rule, details }) => ({ time, session, rule, details }))
      .sort((a, b) => a.time - b.time || (a.rule < b.rule ? -1 : 1));
  return { stored: inOrder(stored), judged: inOrder(judged) };
}

/** A bar without its time. Prices stand in cents around 100. */
interface Planted {
  cells: Cells;
  /** Slots since the bar before. */
  after: number;
}
interface Part {
  bars: Planted[];
  /** What all prices after it are multiplied by. */
  shift: number;
}
interface Case {
  timeframe: '1m' | '1d';
  parts: Part[];
  /** Bars that answers have wrong before the provider corrects them: where (a fraction of all), and by what ratio. */
  wrong: { at: number; by: number }[];
  answers: { from: number; length: number; isCorrected: boolean; load: number }[];
}

const LOADS = 3;
const flat = (close: number, volume: number | null): Planted => ({
  cells: [close, close, close, close, volume],
  after: 1,
});
const part = (bars: Planted[], shift = 1): Part => ({ bars, shift });
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** A market that moves a little and trades. */
const calm = fc
  .array(fc.tuple(fc.integer({ min: 9_960, max: 10_040 }), fc.integer({ min: 1, max: 900 })), {
    minLength: 4,
    maxLength: 16,
  })
  .map(
    (bars) =>
    part(bars.map(([cents, volume]) => ({ cells: [100, 101, 99, cents / 100, volume], after: 1 }))), // prettier-ignore
  );
const glitch = fc.oneof(
  // a level of its own for some bars
  fc
    .tuple(fc.constantFrom(0.01, 0.1, 0.5, 1.3, 10, 100), fc.integer({ min: 1, max: 5 }))
    .map(([by, count]) => part(Array.from({ length: count }, (_, i) => flat(100 * by, 50 + i)))),
  // a cell in another unit
  fc.constantFrom<Cells>([100, 10_000, 99, 100, 7], [100, 101, 1, 100, 7]).map((cells) => part([{ cells, after: 1 }])),
  // a feed that stands still, or has nothing
  fc
    .tuple(fc.constantFrom(0, 5, null), fc.integer({ min: 1, max: 8 }))
    .map(([volume, count]) => part(Array.from({ length: count }, () => flat(100, volume)))),
  // a halt
  fc.integer({ min: 2, max: 45 }).map((after) => part([{ ...flat(103, 9), after }])),
  // another level from here on
  fc.constantFrom(0.1, 0.5, 0.7, 2, 100).map((by) => part([], by)),
);
const anyCase: fc.Arbitrary<Case> = fc.record({
  timeframe: fc.constantFrom('1m', '1d'),
  parts: fc.array(fc.oneof({ weight: 3, arbitrary: calm }, { weight: 2, arbitrary: glitch }), {
    minLength: 2,
    maxLength: 18,
  }),
  wrong: fc.array(fc.record({ at: fraction, by: fc.constantFrom(0.01, 0.6, 1.02, 1.4, 100) }), { maxLength: 8 }),
  answers: fc.array(
    fc.record({
      from: fraction,
      length: fc.integer({ min: 1, max: 120 }),
      isCorrected: fc.boolean(),
      load: fc.nat({ max: LOADS - 1 }),
    }),
    { minLength: 2, maxLength: 7 },
  ),
});

function rowsOf({ timeframe, parts }: Case): Row[] {
  const stamps = STAMPS[timeframe];
  const rows: Row[] = [];
  let level = 1;
  let slot = -1;
  for (const { bars, shift } of parts) {
    for (const { cells, after } of bars) {
      slot += after;
      const [open, high, low, close, volume] = cells;
      const scaled = [open!, high!, low!, close!].map((price) => price * level) as [number, number, number, number];
      if (slot < stamps.length) rows.push([stamps[slot]!, [...scaled, volume]]);
    }
    level *= level * shift < 1e5 && level * shift > 1e-3 ? shift : 1;
  }
  return rows;
}

/** Each factor is a little another one: bars that all change by the same ratio would be another price level. */
function withErrors(rows: Row[], wrong: Case['wrong']): Row[] {
  const copy = [...rows];
  wrong.forEach(({ at, by }, w) => {
    const i = Math.floor(at * rows.length);
    const [time, cells] = rows[i]!;
    const prices = cells.slice(0, 4).map((price) => price! * by * (1 + w / 50)) as [number, number, number, number];
    copy[i] = [time, [...prices, cells[4]]];
  });
  return copy;
}

/** The answers of a case, in groups that are loaded together. What was fetched is not loaded in that order. */
function loadsOf(one: Case, assetId: number): Answer[][] {
  const right = rowsOf(one);
  if (right.length === 0) return [];
  const wrong = withErrors(right, one.wrong);
  const loads = Array.from({ length: LOADS }, (): Answer[] => []);
  one.answers.forEach(({ from, length, isCorrected, load }, fetched) => {
    const first = Math.floor(from * right.length);
    const rows = (isCorrected ? right : wrong).slice(first, first + length);
    loads[load]!.push({ assetId, timeframe: one.timeframe, rows, fetched });
  });
  return loads;
}

describe('what is odd beside its neighbours', () => {
  it('is stored as if the whole series were judged at once, after each load and in any order of arrival (property)', async () => {
    const seen = new Map<string, number>();
    let updated = 0;
    const holds = async (cases: Case[]) => {
      const assetIds = await Promise.all(cases.map(newAsset));
      const loads = cases.map((one, c) => loadsOf(one, assetIds[c]!));
      for (let turn = 0; turn < LOADS; turn++) {
        await load(loads.flatMap((each) => each[turn] ?? []));
        for (const [c, { timeframe }] of cases.entries()) {
          const { stored, judged } = await bothWarnings(assetIds[c]!, timeframe);
          expect(stored).toEqual(judged);
          for (const { rule } of stored) seen.set(rule, (seen.get(rule) ?? 0) + 1);
        }
      }
      const { rowCount } = await pool.query('select 1 from bar_revisions where asset_id = any($1::int[])', [assetIds]);
      updated += rowCount!;
    };
    const tenTogether = fc.array(anyCase, { minLength: 10, maxLength: 10 });
    await fc.assert(fc.asyncProperty(tenTogether, holds), {
      numRuns: RUNS,
      interruptAfterTimeLimit: 200_000,
      markInterruptAsFailure: true,
    });
    // nothing of this was idle
    expect([...seen.keys()].sort()).toEqual(NEIGHBOUR_RULES.map(({ id }) => id).sort());
    expect(Math.min(...seen.values())).toBeGreaterThan(RUNS / 5);
    expect(updated).toBeGreaterThan(RUNS);
  });

  /** Minutes of one session that move by 0.1 % at most, but for new levels from some bars on, and bars off by some ratio. */
  function minutes(count: number, levels: Record<number, number>, off: Record<number, number> = {}): Row[] {
    let level = 100;
    return STAMPS['1m'].slice(60, 60 + count).map((time, i) => {
      level *= levels[i] ?? 1;
      const close = level * (off[i] ?? 1) * (1 + (i % 3) / 2_000);
      return [time, [close, close * 1.001, close * 0.999, close, 100 + i]];
    });
  }
  const told = async (assetId: number): Promise<string[]> => {
    const { stored, judged } = await bothWarnings(assetId, '1m');
    expect(stored).toEqual(judged);
    return stored.map(({ time, rule }) => `${rule} ${STAMPS['1m'].indexOf(time) - 60}`);
  };

  // a third change of 1 % around it, in the outermost of the bars that count, makes 3 % usual
  it.each([
    ['behind', 19, minutes(110, { 30: 1.01, 60: 1.03, 68: 1.01 }), 1.01],
    ['ahead of', 68, minutes(110, { 30: 1.01, 60: 1.03 }, { 19: 1.01 }), 1.01],
  ])('is judged again when the farthest bar %s it that counts is corrected', async (_, corrected, rows, by) => {
    const assetId = await newAsset();
    await load([{ assetId, timeframe: '1m', rows, fetched: 0 }]);
    expect(await told(assetId)).toEqual(['step 60']);
    const [time, cells] = rows[corrected]!;
    const prices = cells.slice(0, 4).map((price) => price! * by) as [number, number, number, number];
    await load([{ assetId, timeframe: '1m', rows: [[time, [...prices, cells[4]]]], fetched: 1 }]);
    expect(await told(assetId)).toEqual([]);
  });

  it('is not touched where it still holds, and gone with the correction of the bar', async () => {
    const assetId = await newAsset();
    const right = minutes(110, { 55: 1.03 });
    const wrong = minutes(110, { 55: 1.03 }, { 60: 1.05 });
    await load([{ assetId, timeframe: '1m', rows: wrong.slice(0, 61), fetched: 0 }]);
    expect(await told(assetId)).toEqual(['step 55', 'step 60']);
    const versions = async () =>
      (
        await pool.query<{ v: string; kind: string }>(
          `select xmin || ' ' || ctid as v, details->>'kind' as kind from bar_warnings where asset_id = $1 order by time`,
          [assetId],
        )
      ).rows;
    const [first, second] = await versions();
    expect(second!.kind).toBe('shift');
    await load([{ assetId, timeframe: '1m', rows: wrong.slice(50), fetched: 1 }]);
    const [firstNow, secondNow] = await versions();
    expect(firstNow).toEqual(first); // its bar was judged again
    expect(secondNow!.kind).toBe('spike'); // the bars after it came
    await load([{ assetId, timeframe: '1m', rows: right, fetched: 2 }]);
    expect(await told(assetId)).toEqual(['step 55']);
    expect(await versions()).toEqual([first]);
  });
});
