import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { useStore } from '../environment/store.js';
import { type Running, startWorkers } from '../environment/workers.js';
import { respondWith, stubServer } from '../stub-server.js';

const store = useStore();
const yahoo = stubServer();
const EMPTY = {
  chart: { result: [{ meta: { symbol: 'SPY', currency: 'USD' }, indicators: { quote: [{}] } }], error: null },
};

let temporal: TestNamespace;
beforeAll(async () => void (temporal = await createTestNamespace()));
afterAll(() => temporal?.close());

const start = (queues?: string[]): Promise<Running> =>
  startWorkers({
    ...{ temporal, pool: store.pool, clockOffsetMs: 0, queues },
    env: readEnv({ YAHOO_BASE_URL: yahoo.base, YAHOO_RPS: '1000' }),
  });
const backfill = (workflowId: string) =>
  temporal.client.workflow.start(WORKFLOWS.backfill, {
    ...{ workflowId, taskQueue: PIPELINE_QUEUE },
    args: [{ symbols: ['SPY'], timeframes: ['1d'], refetch: true }],
  });
const extracts = async () => {
  const { rows } = await store.pool.query<object>(
    `select status, attempts, error_type as type from pipeline_run_steps where step = 'extract'`,
  );
  return rows;
};

describe('a worker that is told to stop', () => {
  it('finishes the requests that are under way, even slow ones', async () => {
    yahoo.respond = (request, response) => void delay(6_000).then(() => respondWith(200, EMPTY)(request, response));
    const worker = await start();
    const run = await backfill('drained');
    await eventually(() => expect(yahoo.requests).toHaveLength(1));
    await worker.stop();
    expect(await extracts()).toEqual([{ status: 'ok', attempts: 1, type: null }]);
    expect(yahoo.requests).toHaveLength(1);
    await run.terminate('the test is over');
  });
});

describe('workers that serve some of the queues', () => {
  it('leave the others to other workers', async () => {
    yahoo.respond = respondWith(200, EMPTY);
    const pipeline = await start([PIPELINE_QUEUE]);
    const run = await backfill('shared');
    const pending = async () =>
      (await run.describe()).raw.pendingActivities?.map(({ activityType }) => activityType?.name);
    await eventually(async () => expect(await pending()).toEqual(['extract']));
    await pipeline.stop();

    const requests = await start(['yahoo-bulk']);
    await eventually(async () => expect(await extracts()).toHaveLength(1));
    await eventually(async () => expect(await pending()).toEqual([]));
    // nobody takes the next task of the workflow
    const { historyLength } = await run.describe();
    await requests.stop();
    expect((await run.describe()).historyLength).toBe(historyLength);

    const both = await start([PIPELINE_QUEUE, 'yahoo-bulk']);
    await run.result();
    await both.stop();
  });
});
