import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { type LiveInput, WORKFLOWS } from '../../contracts/workflows.js';
import { HOUR } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { temporal } from '../environment/temporal-command.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket(SESSION.close - HOUR, ['SPY']);
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** @param time from now, as PostgreSQL writes it */
const setBlocked = (time: string) =>
  market.pool.query(`update provider_state set blocked_until = now() + $1::interval where provider = 'yahoo'`, [time]);

async function statusOf(workflowId: string): Promise<string | undefined> {
  const sql = 'select status from pipeline_runs where workflow_id = $1';
  return (await market.rows<{ status: string }>(sql, [workflowId]))[0]?.status;
}

/** Starts a run whose extract waits, because its provider is blocked. @returns the id of the extract */
async function startBlocked(workflowId: string) {
  await setBlocked('10 s');
  const input: LiveInput = { pipeline: 'stocks_1d', symbols: ['SPY'] };
  const start = { workflowId, taskQueue: PIPELINE_QUEUE, args: [input] };
  const handle = await market.temporal.client.workflow.start(WORKFLOWS.stocks, start);
  const extract = async () => {
    const { raw } = await handle.describe();
    return raw.pendingActivities!.find(({ activityType }) => activityType!.name === 'extract');
  };
  await eventually(async () => expect((await extract())?.lastFailure?.message).toContain('No requests until'));
  return { handle, extract, activityId: (await extract())!.activityId! };
}

it('a run with a paused activity stays open, and goes on once an operator resumes it', async () => {
  const { handle, extract, activityId } = await startBlocked('paused-activity');
  const activity = ['--workflow-id', 'paused-activity', '--activity-id', activityId];
  await temporal(market.temporal, 'activity', 'pause', ...activity, '--reason', 'a look at the provider');
  await setBlocked('0 s');
  await eventually(async () => expect((await extract())?.paused).toBe(true));
  await market.run(WORKFLOWS.reconcile, {});
  expect(await statusOf('paused-activity')).toBe('running');
  await temporal(market.temporal, 'activity', 'unpause', ...activity);
  expect(await handle.result()).toMatchObject({ status: 'succeeded' });
  expect(await statusOf('paused-activity')).toBe('succeeded');
});

it('a paused run stays open, and goes on once an operator resumes it', async () => {
  const { handle } = await startBlocked('paused-run');
  await temporal(market.temporal, 'workflow', 'pause', '--workflow-id', 'paused-run', '--reason', 'a look at it');
  await setBlocked('0 s');
  await eventually(async () => expect((await handle.describe()).status.name).toBe('PAUSED'));
  await market.run(WORKFLOWS.reconcile, {});
  expect(await statusOf('paused-run')).toBe('running');
  await temporal(market.temporal, 'workflow', 'unpause', '--workflow-id', 'paused-run');
  expect(await handle.result()).toMatchObject({ status: 'succeeded' });
  expect(await statusOf('paused-run')).toBe('succeeded');
});
