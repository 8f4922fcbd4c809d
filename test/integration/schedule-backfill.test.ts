import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { BULK_PRIORITY, PIPELINE_QUEUE } from '../../contracts/queues.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import { calendarOf, type Session } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { applySchedules } from '../../worker/schedules.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

const FIRES = 10;
const SYMBOLS = ['SPY', 'NVDA'];

/** Two sessions of the past; the market clock is in the evening of the second one. */
const [earlier, later] = [calendarOf('XNYS').previousSession(SESSION.date)!, SESSION];

let market: Market;
beforeAll(async () => {
  market = await startMarket(later.close + 3 * HOUR, SYMBOLS);
  const { client } = market.temporal;
  await applySchedules(client);
  for (const id of Object.values(SCHEDULES)) await client.schedule.getHandle(id).pause('only what is backfilled runs');
});
afterAll(async () => {
  for (const id of Object.values(SCHEDULES)) await market.temporal.client.schedule.getHandle(id).delete();
  await market.close();
});

interface Row {
  id: string;
  status: string;
  nominal: Date;
}
const runsOf = ({ open, close }: Session) =>
  market.rows<Row>(
    `select workflow_id as id, status, nominal_at as nominal from pipeline_runs
    where pipeline = 'stocks_1min' and trigger = 'backfill' and nominal_at between $1 and $2 order by nominal_at`,
    [new Date(open), new Date(close)],
  );

/** Of all activities of a run on the queue that it shares with live runs. */
async function prioritiesOf({ id }: Row): Promise<unknown[]> {
  const { events } = await market.temporal.client.workflow.getHandle(id).fetchHistory();
  const activities = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: a }) => a ?? []);
  const ours = activities.filter(({ taskQueue }) => taskQueue?.name === PIPELINE_QUEUE);
  return [...new Set(ours.map(({ priority }) => priority?.priorityKey))];
}

/** Of its workflow tasks from now on. */
async function priorityOf({ id }: Pick<Row, 'id'>): Promise<unknown> {
  const { raw } = await market.temporal.client.workflow.getHandle(id).describe();
  return raw.workflowExecutionInfo?.priority?.priorityKey;
}

it.each([
  [ScheduleOverlapPolicy.ALLOW_ALL, earlier],
  [ScheduleOverlapPolicy.BUFFER_ALL, later],
])('a schedule backfill with %s has a run for each fire, and requests the session once', async (overlap, session) => {
  const start = session.open + HOUR;
  const wall = (instant: number) => new Date(instant - market.clockOffsetMs);
  const requests = await market.requestsDuring(async () => {
    const range = { start: wall(start), end: wall(start + (FIRES - 1) * MINUTE + MINUTE / 2) };
    await market.temporal.client.schedule.getHandle(SCHEDULES.stocks_1min).backfill({ ...range, overlap });
    await eventually(async () => {
      const runs = await runsOf(session);
      expect(runs.map(({ nominal }) => nominal.getTime())).toEqual(
        Array.from({ length: FIRES }, (_, i) => start + i * MINUTE),
      );
      expect(runs.every(({ status }) => status !== 'running')).toBe(true);
    });
  });
  expect(Object.values(requests).reduce((sum, count) => sum + count, 0)).toBe(SYMBOLS.length);
  const [first] = await runsOf(session);
  expect(await prioritiesOf(first!)).toEqual([BULK_PRIORITY.priorityKey]);
  expect(await priorityOf(first!)).toBe(BULK_PRIORITY.priorityKey);
  const statuses = (await runsOf(session)).map(({ status }) => status).sort();
  expect(statuses.slice(-1)).toEqual(['succeeded']);
  expect(new Set(statuses)).toEqual(new Set(['skipped', 'succeeded']));
  for (const symbol of SYMBOLS) {
    const { wrong, right } = await market.compare(symbol, '1m', session.open, session.close);
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(200);
  }
});

it('a backfill that was started without a priority gives way to live runs, too', async () => {
  await market.backfill({ symbols: ['SPY'], timeframes: ['1d'], from: new Date(earlier.open - HOUR).toISOString() });
  const [run] = await market.rows<Row>(
    `select workflow_id as id from pipeline_runs where pipeline = 'backfill' order by started_at desc limit 1`,
  );
  expect(await priorityOf(run!)).toBe(BULK_PRIORITY.priorityKey);
});
