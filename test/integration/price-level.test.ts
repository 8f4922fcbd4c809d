import { beforeAll, describe, expect, it } from 'vitest';
import { applySplits } from '../../db/repositories/load/apply-splits.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import {
  around,
  ingestWirePayload,
  ingestPayload,
  storeWirePayload,
  type WirePayload,
  yahooBody,
} from '../wire-payloads.js';

const store = useStore();

const calendar = calendarOf('XNYS');
const session = calendar.sessionOn('2026-11-24')!;
const minute = (i: number) => session.open + i * MINUTE;

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

/** Minutes of the session from its first, by their closes, fetched so many ms after its close. */
const minutes = (fetchedAfter: number, closes: number[], events = {}): WirePayload => ({
  assetId: spy,
  timeframe: '1m',
  window: { from: session.open, to: minute(closes.length) },
  fetchedAt: session.close + fetchedAfter,
  body: yahooBody(
    'SPY',
    closes.map((close, i) => [minute(i), around(close)]),
    events,
  ),
});
const load = async (answer: WirePayload) => ingestPayload(store.pool, await storeWirePayload(store.pool, answer));
const closes = async () =>
  (await store.pool.query<{ close: number }>('select close from bars order by time')).rows.map(({ close }) => close);
const splitOn = (date: string, numerator: number) => ({
  splits: { told: { date: calendar.sessionOn(date)!.open / SECOND, numerator, denominator: 1 } },
});
const dividendOn = (date: string, amount: number) => ({
  dividends: { told: { date: calendar.sessionOn(date)!.open / SECOND, amount } },
});

/** A payload at the new level tells of a split of four for one, so long after the session's close; it is applied. */
async function applySplitToldAt(fetchedAfter: number): Promise<void> {
  const told = await ingestWirePayload(store.pool, {
    ...minutes(fetchedAfter, [25], splitOn('2026-11-25', 4)),
  });
  const { rows } = await store.pool.query<{ id: number }>('select id from batches where payload_id = $1', [told]);
  await store.pool.query(`update batches set state = 'ready' where payload_id = $1`, [told]);
  expect(await applySplits(store.pool, spy, [Number(rows[0]!.id)], RUN_ID)).toMatchObject({ splits: 1 });
}

describe('stored bars that come again', () => {
  const stored = [100, 101, 102, 103, 104];

  it.each([
    ['three by one ratio of more than 2 %', [10, 10.1, 10.2]],
    ['all by one ratio, below', [200, 202, 204, 206, 208]],
    ['all by one ratio but for two that differ by rounding', [100.00001, 101.00001, 10.2, 10.3, 10.4]],
  ])('%s are another price level: the answer is held back, and nothing of it stored', async (_what, again) => {
    await load(minutes(HOUR, stored));
    const answer = await load(minutes(2 * HOUR, again));
    expect(answer).toMatchObject({ held: 'level_shift', inserted: 0, updated: 0 });
    expect(await closes()).toEqual(stored);
    expect((await store.pool.query('select 1 from bar_revisions')).rowCount).toBe(0);
  });

  it.each([
    ['two by one ratio', [10, 10.1]],
    ['three by one ratio of less than 2 %', [101.9, 102.919, 103.938]],
    ['three by ratios of their own', [10, 10.1, 10.3]],
    ['three by one ratio and a fourth by another', [10, 10.1, 10.2, 104]],
  ])('%s are corrections', async (_what, again) => {
    await load(minutes(HOUR, stored));
    const answer = await load(minutes(2 * HOUR, again));
    expect(answer).toMatchObject({ held: null, updated: again.length });
    expect(await closes()).toEqual([...again, ...stored.slice(again.length)]);
  });
});

describe('what was fetched before anyone told of a split', () => {
  const days = (fetchedAfter: number): WirePayload => ({
    assetId: spy,
    timeframe: '1d',
    window: { from: session.open - 3 * DAY, to: session.close },
    fetchedAt: session.close + fetchedAfter,
    body: yahooBody('SPY', [[session.open, around(100)]], splitOn('2026-11-10', 4)),
  });

  it.each(['before', 'after'])('is left alone where the split was over by then, loaded %s it', async (when) => {
    const answers = [minutes(HOUR, [100, 101]), days(HOUR + SECOND)];
    for (const answer of when === 'before' ? answers : answers.reverse()) await load(answer);
    expect(await closes()).toEqual([100, 100, 101]); // the day, and its minutes
  });

  it.each(['before', 'after'])('is brought to its level, dividends too, loaded %s it was applied', async (when) => {
    await load(minutes(HOUR, [100, 101]));
    const late = minutes(2 * HOUR, [100, 101, 102], dividendOn('2026-11-20', 2));
    if (when === 'before') await load(late);
    await applySplitToldAt(DAY);
    if (when === 'after') await load(late);
    expect(await closes()).toEqual([25, 25.25, 25.5]);
    const dividends = await store.pool.query(`select amount from corporate_actions where kind = 'dividend'`);
    expect(dividends.rows).toEqual([{ amount: 0.5 }]);
  });
});

describe('prices that were on another level for a while', () => {
  it('are not of the split that follows within days: what was fetched after them is brought to its level too', async () => {
    await load(minutes(HOUR, [100, 101, 102]));
    expect(await load(minutes(2 * HOUR, [1, 1.01, 1.02]))).toMatchObject({ held: 'level_shift' });
    expect(await load(minutes(3 * HOUR, [100, 101, 102, 103]))).toMatchObject({
      held: null,
      inserted: 1,
      unchanged: 3,
    });
    await applySplitToldAt(DAY);
    expect(await closes()).toEqual([25, 25.25, 25.5, 25.75]);
  });

  it('are of the split that is told next where nothing came at the old level in between', async () => {
    await load(minutes(HOUR, [100, 101, 102]));
    expect(await load(minutes(2 * HOUR, [25, 25.25, 25.5, 25.75]))).toMatchObject({ held: 'level_shift' });
    await applySplitToldAt(DAY);
    const { rows } = await store.pool.query<{ at: Date }>('select level_since as at from corporate_actions');
    expect(rows.map(({ at }) => at.getTime())).toEqual([session.close + 2 * HOUR]);
  });
});

describe('a split of four for one', () => {
  const exDay = calendar.nextSession(session.date)!;
  const nextDay = calendar.nextSession(exDay.date)!;
  /** Daily bars of the two sessions, and of those before. */
  const daily = (fetchedAt: number, bars: [at: number, close: number][], events = {}): WirePayload => ({
    assetId: spy,
    timeframe: '1d',
    window: { from: session.open - 10 * DAY, to: fetchedAt },
    fetchedAt,
    body: yahooBody(
      'SPY',
      bars.map(([at, close]) => [at, around(close)]),
      events,
    ),
  });
  const told = splitOn(exDay.date, 4);
  const apply = async (payload: WirePayload) => {
    const id = await storeWirePayload(store.pool, payload);
    await ingestPayload(store.pool, id);
    const { rows } = await store.pool.query<{ id: number }>('select id from batches where payload_id = $1', [id]);
    await store.pool.query(`update batches set state = 'ready' where payload_id = $1`, [id]);
    return applySplits(store.pool, spy, [Number(rows[0]!.id)], RUN_ID);
  };
  const before: [number, number] = [session.open, 100];

  it('changes nothing before its ex-date', async () => {
    await load(daily(session.close + HOUR, [before]));
    expect(await load(daily(exDay.open - HOUR, [before], told))).toMatchObject({ held: null });
    expect(await closes()).toEqual([100]);
    expect(await applySplits(store.pool, spy, [], RUN_ID)).toMatchObject({ splits: 0 });
    expect(await load(daily(exDay.close + HOUR, [before, [exDay.open, 25.5]], told))).toMatchObject({ held: 'split' });
  });

  it('is applied when it shows; earlier bars that still come at the old level are divided until they are restated', async () => {
    await load(daily(session.close + HOUR, [before]));
    const mixed = (fetchedAt: number) => daily(fetchedAt, [before, [exDay.open, 25.5]], told);
    expect(await load(mixed(exDay.close + HOUR))).toMatchObject({ held: 'split' });
    expect(await apply(mixed(exDay.close + 2 * HOUR))).toMatchObject({ splits: 1 });
    expect(await closes()).toEqual([25, 25.5]);
    expect(await load(mixed(exDay.close + 3 * HOUR))).toMatchObject({ held: null, updated: 0 });
    expect(await closes()).toEqual([25, 25.5]);
    const restated: [number, number][] = [
      [session.open, 25],
      [exDay.open, 25.5],
      [nextDay.open, 26],
    ];
    expect(await load(daily(nextDay.close + HOUR, restated, told))).toMatchObject({ held: null });
    expect(await closes()).toEqual([25, 25.5, 26]);
    const { rows } = await store.pool.query<{ at: Date }>('select level_since as at from corporate_actions');
    expect(rows[0]!.at.getTime()).toBe(nextDay.close + HOUR);
  });

  it('that is told under two dates is applied once, on the later one', async () => {
    await load(daily(session.close + HOUR, [before]));
    const first = splitOn(exDay.date, 4);
    expect(await load(daily(exDay.close + HOUR, [before, [exDay.open, 101]], first))).toMatchObject({ held: null });
    const both = { splits: { ...first.splits, again: splitOn(nextDay.date, 4).splits.told } };
    const restated: [number, number][] = [
      [session.open, 25],
      [exDay.open, 25.25],
      [nextDay.open, 26],
    ];
    expect(await apply(daily(nextDay.close + HOUR, restated, both))).toMatchObject({ splits: 1 });
    expect(await closes()).toEqual([25, 25.25, 26]);
  });

  it('that is told under two dates is applied to bars that were first fetched between the two', async () => {
    await load(daily(exDay.close + 2 * HOUR, [before, [exDay.open, 101]]));
    const [first, last] = [splitOn(exDay.date, 4), splitOn(nextDay.date, 4)];
    const both = { splits: { first: first.splits.told, last: last.splits.told } };
    const restated: [number, number][] = [
      [session.open, 25],
      [exDay.open, 25.25],
      [nextDay.open, 26],
    ];
    expect(await apply(daily(nextDay.close + HOUR, restated, both))).toMatchObject({ splits: 1 });
    expect(await closes()).toEqual([25, 25.25, 26]);
  });

  it('that no price shows is not applied, and holds nothing back', async () => {
    await load(daily(session.close + HOUR, [before]));
    const phantom = daily(exDay.close + HOUR, [before, [exDay.open, 101]], told);
    expect(await load(phantom)).toMatchObject({ held: null });
    expect(await applySplits(store.pool, spy, [], RUN_ID)).toMatchObject({ splits: 0 });
    expect(await load(daily(nextDay.close + HOUR, [[nextDay.open, 102]], told))).toMatchObject({ held: null });
    expect(await closes()).toEqual([100, 101, 102]);
  });

  it('holds back what does not show whether it is real', async () => {
    await load(daily(session.close + HOUR, [before]));
    expect(await load(daily(exDay.open + HOUR, [before], told))).toMatchObject({ held: 'split' });
  });
});

describe('actions', () => {
  it('that answers tell at the same time, in another order each, do not wait for each other', async () => {
    const days = calendar.sessionsBetween(session.open - 3000 * DAY, session.close).map(({ date }) => date);
    const told = (dates: string[]) => ({
      dividends: Object.fromEntries(dates.map((date) => [date, dividendOn(date, 1).dividends.told])),
    });
    const orders = [days, days.toReversed()];
    const answers = [...orders, ...orders, ...orders].map((dates, i) => load(minutes(HOUR + i, [100], told(dates))));
    await Promise.all(answers);
    expect((await store.pool.query('select 1 from corporate_actions')).rowCount).toBe(days.length);
  });
});
