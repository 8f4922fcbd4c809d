import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { readHeldBack } from '../../db/repositories/read/held-back.js';
import { calendarOf, type Session } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

/** The ex-date of most splits here, and the sessions around it. */
const sessions = calendarOf('XNYS').sessionsBetween(SESSION.open, SESSION.open + 6 * DAY);
const [before, exDate, second, third] = sessions as [Session, Session, Session, Session];
const FROM = before.open;
const FIRST_DAY = before.open - 60 * DAY;

/** Announced ahead and restated late, told twice, followed by a second split, taken back ahead, taken back later. */
const [LATE, TWICE, TWO, UNDONE_AHEAD, UNDONE] = ['NVDA', 'SPY', 'GOOGL', 'PLTR', 'MSFT'] as const;
const ALL = [LATE, TWICE, TWO, UNDONE_AHEAD, UNDONE];

let market: Market;
beforeAll(async () => {
  market = await startMarket(before.close - HOUR, ALL);
  await market.backfill({ timeframes: ['1m'], from: new Date(FROM).toISOString() });
  await market.backfill({ timeframes: ['1d'], from: new Date(FIRST_DAY).toISOString() });
  await market.pool.query('create table remembered as select * from bars');
});
afterAll(() => market?.close());

const split = (symbol: string, on: { date: string }, ratio: string | number, more = {}) =>
  market.page('/__split', { symbol, on: on.date, ratio, ...more });

/** Reads repeatedly, in one statement each, and expects one price level of each asset. @returns the levels seen, by symbol */
async function watch(during: Promise<unknown>): Promise<Map<string, number[]>> {
  let isOver = false;
  const over = during.finally(() => (isOver = true));
  const levels = new Map<string, number[]>();
  for (let isLast = false; !isLast;) {
    isLast = isOver;
    const seen = await market.rows<{ symbol: string; low: number; high: number; jump: number }>(
      `with closes as (
         select a.symbol, b.asset_id, b.timeframe, b.time, b.close,
           b.close / lag(b.close) over (partition by b.asset_id, b.timeframe order by b.time) as step
         from bars b join assets a on a.id = b.asset_id)
       select symbol, min(r.close / c.close) as low, max(r.close / c.close) as high, max(abs(ln(c.step))) as jump
       from closes c left join remembered r using (asset_id, timeframe, time) group by 1`,
    );
    for (const { symbol, low, high, jump } of seen) {
      expect([symbol, high / low < 1.0001, jump < 0.4]).toEqual([symbol, true, true]);
      const level = Number(high.toPrecision(3));
      if (levels.get(symbol)?.at(-1) !== level) levels.set(symbol, [...(levels.get(symbol) ?? []), level]);
    }
    await delay(100);
  }
  await over;
  return levels;
}

/** Minutes and days as the schedules fetch them, and the adjustments that these start. */
async function load(): Promise<void> {
  await market.live();
  await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1d' });
  await market.scheduled('heal_gaps');
  await eventually(async () => {
    const running = await market.rows(
      `select 1 from pipeline_runs where pipeline = 'adjust_splits' and status = 'running'`,
    );
    expect(running).toEqual([]);
  });
}
const loadAt = async (instant: number): Promise<Map<string, number[]>> => {
  await market.advanceTo(instant);
  return watch(load().then(load));
};

const heldBack = () => readHeldBack(market.pool, Date.now());
async function expectTruth(symbol: string): Promise<void> {
  const to = market.now - 20 * MINUTE;
  const minutes = await market.compare(symbol, '1m', FROM, to, 1);
  const days = await market.compare(symbol, '1d', FIRST_DAY, Date.parse(exDate.date), 1);
  expect([symbol, [...minutes.wrong, ...days.wrong].slice(0, 2)]).toEqual([symbol, []]);
  expect([minutes.right > 300, days.right > 30]).toEqual([true, true]);
}

describe('splits that providers report as they please', () => {
  it('move nothing before the ex-date', async () => {
    await split(LATE, exDate, 10, { announce: before.date, lag: 3 });
    await split(TWICE, exDate, '1:8', { twice: 4 });
    await split(TWO, exDate, 4, { lag: 3 });
    await split(UNDONE_AHEAD, exDate, 5, { announce: before.date });
    await split(UNDONE, exDate, 20);
    expect(await loadAt(before.close + HOUR)).toEqual(new Map(ALL.toSorted().map((symbol) => [symbol, [1]])));
    expect(await heldBack()).toEqual([]);
    await market.page('/__split', { symbol: UNDONE_AHEAD, clear: 1 });
  });

  it('are in effect from the ex-date on, whether the provider restates its history or not', async () => {
    const levels = await loadAt(exDate.open + HOUR);
    const last = (symbol: string) => levels.get(symbol)!.at(-1);
    expect([LATE, TWICE, TWO, UNDONE].map(last)).toEqual([10, 0.125, 4, 20]);
    for (const symbol of [LATE, TWICE, TWO, UNDONE]) await expectTruth(symbol);
  });

  it('end at the level of the provider, where one that was announced was taken back', async () => {
    expect((await loadAt(exDate.close + HOUR)).get(UNDONE_AHEAD)).toEqual([1]);
    expect(await heldBack()).toEqual([]);
    await expectTruth(UNDONE_AHEAD);
  });

  it('may follow each other before the first one is restated', async () => {
    await split(TWO, second, 3);
    const levels = await loadAt(second.open + HOUR);
    expect(levels.get(TWO)!.at(-1)).toBe(12);
    await expectTruth(TWO);
  });
});

describe('a split that was applied and is taken back', () => {
  it('is held back at one level, and doctor and API say why', async () => {
    await market.page('/__split', { symbol: UNDONE, clear: 1 });
    const levels = await loadAt(second.close + HOUR);
    expect(levels.get(UNDONE)).toEqual([20]);
    expect(await heldBack()).toEqual([expect.objectContaining({ symbol: UNDONE, split: null })]);
    const lines = reportOf(await examineStore(market.pool, { clockOffsetMs: market.clockOffsetMs }), {
      all: false,
      now: Date.now(),
    });
    expect(lines[lines.indexOf('Held back:') + 1]).toMatch(
      /^ {2}MSFT since .*: waits for prices at the stored level again, or a split .*; next try (at|with) /,
    );
  });

  it('goes on by itself when the provider is at the level again', async () => {
    await split(UNDONE, exDate, 20);
    const levels = await loadAt(third.open + HOUR);
    expect(levels.get(UNDONE)).toEqual([20]);
    expect(await heldBack()).toEqual([]);
    for (const symbol of ALL) await expectTruth(symbol);
  });
});
