import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import type { RunResult } from '../../workflows/run.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { RUN_ID } from '../factories.js';

const today = SESSION;
const tomorrow = calendarOf('XNYS').nextSession(today.date)!;
/** Two hours before the close. */
const NOW = today.close - 2 * HOUR;
/** Minutes are stored from then on; those of the first days are out of Yahoo's reach now. */
const FROM = NOW - 35 * DAY;
const FIRST_DAY = Math.ceil((NOW - 400 * DAY) / DAY) * DAY;

let market: Market;
let nvda: number;
beforeAll(async () => {
  market = await startMarket(NOW - 26 * DAY, ['NVDA', 'SPY']);
  nvda = market.assetId('NVDA');
  await market.backfill({ timeframes: ['1m'], from: new Date(FROM).toISOString() });
  await market.advance(26 * DAY);
  await market.backfill({ from: new Date(FIRST_DAY).toISOString() });
  await market.live();
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** Every bar that is stored equals the truth, up to the last live run. @param volumeOff of rescaled bars */
async function expectTruth(symbol = 'NVDA', volumeOff = 0): Promise<void> {
  const [{ last } = { last: 0 }] = await market.rows<{ last: number }>(
    `select extract(epoch from max(time))::float8 * 1000 as last from bars where asset_id = $1 and timeframe = '1m'`,
    [market.assetId(symbol)],
  );
  expect(market.liveAt - last).toBeLessThan(5 * MINUTE);
  const minutes = await market.compare(symbol, '1m', FROM, last + MINUTE, volumeOff);
  const days = await market.compare(symbol, '1d', FIRST_DAY, Date.parse(today.date), volumeOff);
  expect([...minutes.wrong, ...days.wrong].slice(0, 3)).toEqual([]);
  expect([minutes.right > 8_000, days.right > 250]).toEqual([true, true]);
}

/** Copies the bars of an asset, to compare with later. */
const remember = (symbol = 'NVDA') =>
  market.pool.query(
    `drop table if exists remembered; create table remembered as select * from bars where asset_id = ${market.assetId(symbol)}`,
  );
const COLUMNS = `asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
  recorded_at`;
/** Some of the remembered bars that have been deleted or changed, whichever payload they came from last. */
const changed = () => market.rows(`select ${COLUMNS} from remembered except select ${COLUMNS} from bars limit 2`);

/** Reads repeatedly, in one statement each, and expects one price level each time. @returns the levels it saw, and how often it looked */
async function watch(during: Promise<unknown>): Promise<{ levels: Set<number>; looks: number }> {
  let isOver = false;
  const over = during.finally(() => (isOver = true));
  const levels = new Set<number>();
  let looks = 0;
  for (let isLast = false; !isLast; looks++) {
    isLast = isOver;
    const [seen] = await market.rows<{ low: number; high: number; quoted: number }>(
      `select min(r.close / b.close) as low, max(r.close / b.close) as high,
         (select q.price from quotes q where q.asset_id = $1)
           / (select l.close from bars l where l.asset_id = $1 and l.timeframe = '1m' order by l.time desc limit 1) as quoted
       from bars b join remembered r using (asset_id, timeframe, time)`,
      [nvda],
    );
    expect(seen!.high / seen!.low).toBeLessThan(1.0001);
    expect(Math.abs(Math.log(seen!.quoted))).toBeLessThan(0.1);
    levels.add(Number(seen!.high.toPrecision(3)));
    await delay(50);
  }
  await over;
  return { levels, looks };
}

/** Waits for the run of AdjustWorkflow that a load has started. */
async function adjusted(symbol = 'NVDA'): Promise<RunResult> {
  const handle = market.temporal.client.workflow.getHandle(`adjust_splits-${symbol}`);
  await eventually(async () => void (await handle.describe()));
  return (await handle.result()) as RunResult;
}

describe('a split of the running session', () => {
  it('brings every bar to the new level, and no reader sees two levels', async () => {
    await expectTruth();
    await remember();
    await market.page('/__split', { symbol: 'NVDA', on: today.date, ratio: 10 });
    let run: RunResult | undefined;
    const seen = await watch(
      (async () => {
        run = await market.live();
        expect(await adjusted()).toMatchObject({ status: 'succeeded', assetsOk: 1 });
      })(),
    );
    expect(run).toMatchObject({
      status: 'partial',
      assetsOk: 1,
      assetsFailed: 1,
      reason: expect.stringMatching(/^HeldBack/),
    });
    expect([...seen.levels]).toEqual([1, 10]);
    expect(seen.looks).toBeGreaterThan(5);
    expect(await market.live()).toMatchObject({ status: 'succeeded', assetsOk: 2 });
    await expectTruth();
  });

  it('keeps each old version as a revision, once', async () => {
    const [count] = await market.rows(
      `select count(*)::int as revisions, count(distinct (timeframe, time))::int as bars,
         (select count(*)::int from remembered) as remembered from bar_revisions where asset_id = $1`,
      [nvda],
    );
    expect(count).toMatchObject({ revisions: (count as { remembered: number }).remembered });
    expect(count).toMatchObject({ bars: (count as { remembered: number }).remembered });
  });

  it('makes payloads from before it yield bars at the new level when they are replayed', async () => {
    await remember();
    await market.pool.query(`delete from bars where asset_id = $1 and timeframe = '1m' and time < $2`, [
      nvda,
      new Date(NOW - 30 * DAY),
    ]);
    expect(await market.requestsDuring(() => market.heal({ symbols: ['NVDA'], timeframes: ['1m'] }))).toEqual({});
    await expectTruth();
    expect(await changed()).toEqual([]);
  });
});

describe('a second split, in the other direction', () => {
  it('ends in the same state if workers die after each step, before they can report it', async () => {
    await market.page('/__split', { symbol: 'NVDA', on: tomorrow.date, ratio: '1:8' });
    await market.advanceTo(tomorrow.open + HOUR);
    await market.losingResults(async () => {
      // the whole session comes with its split
      const run = await byHand('NVDA');
      expect(run).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining('until a split of the asset is applied'),
      });
      expect(await adjusted()).toMatchObject({ status: 'succeeded' });
    });
    expect(await market.live()).toMatchObject({ status: 'succeeded', assetsOk: 2 });
    await expectTruth('NVDA', 1);
    const twice = await market.rows(
      'select 1 from bar_revisions group by asset_id, timeframe, time, recorded_at having count(*) > 1 limit 1',
    );
    expect(twice).toEqual([]);
  });
});

const byHand = (symbol: string) => market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', symbols: [symbol] });
const adjustments = () =>
  market.rows<{ status: string; error_type: string }>(
    `select status, error_type from pipeline_runs where workflow_id = 'adjust_splits-SPY' order by started_at`,
  );

describe('an asset with a split that is not applied', () => {
  it('has all of its loads held back, until a heal tries again', async () => {
    await remember('SPY');
    await market.pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
       values ('adjust_splits-SPY', $1, 'adjust_splits', 'split', now(), 'failed', now())`,
      [RUN_ID],
    );
    await market.page('/__split', { symbol: 'SPY', on: tomorrow.date, ratio: '3:2' });
    for (const load of [
      () => byHand('SPY'),
      () => market.live({ symbols: ['SPY'] }),
      () => market.verify({ symbols: ['SPY'], timeframes: ['1d'] }),
    ]) {
      expect(await load()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^HeldBack/) });
    }
    expect(await changed()).toEqual([]);
    await market.advance(31 * MINUTE);
    await market.scheduled('heal_gaps');
    expect(await adjusted('SPY')).toMatchObject({ status: 'succeeded' });
    expect(await market.live()).toMatchObject({ status: 'succeeded', assetsOk: 2 });
    await expectTruth('SPY', 1);
  });
});

describe('prices at another level without a split', () => {
  it('are held back, and loads continue when the provider recovers', async () => {
    await market.advance(31 * MINUTE);
    await market.live();
    await remember('SPY');
    const before = (await adjustments()).length;
    await market.page('/__misquote', { symbol: 'SPY', by: 100 });
    const held = { status: 'failed', reason: expect.stringContaining('at another price level') };
    expect(await byHand('SPY')).toMatchObject(held);
    await adjusted('SPY');
    expect((await adjustments()).slice(before)).toEqual([{ status: 'partial', error_type: 'HeldBack' }]);
    expect(await market.live({ symbols: ['SPY'] })).toMatchObject(held);
    expect(await adjustments()).toHaveLength(before + 1);
    expect(await changed()).toEqual([]);
    await market.page('/__misquote', { clear: 1 });
    await market.advance(12 * MINUTE);
    expect(await market.live()).toMatchObject({ status: 'succeeded', assetsOk: 2 });
    // what was fetched meanwhile does not come back from its stored payloads
    await market.pool.query(`delete from bars where asset_id = $1 and timeframe = '1m' and session = $2`, [
      market.assetId('SPY'),
      tomorrow.date,
    ]);
    const heal = await market.heal({ symbols: ['SPY'] });
    expect(heal).toMatchObject({ status: 'succeeded', rowsUpdated: 0, assetsFailed: 0 });
    expect(await adjustments()).toHaveLength(before + 1);
    await expectTruth('SPY', 1);
    expect(await changed()).toEqual([]);
  });
});
