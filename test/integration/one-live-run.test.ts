import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcileActivities } from '../../activities/reconcile.js';
import { runActivities } from '../../activities/runs.js';
import type { ProviderId } from '../../config/catalog/providers.js';
import type { OpenRunInput } from '../../contracts/activities.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { ensureProviders } from '../../db/repositories/provider/provider-gate.js';
import { recordSteps } from '../../db/repositories/runs/runs.js';
import type { RunKey } from '../../domain/run.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { useStore } from '../environment/store.js';

const store = useStore();
let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createTestNamespace();
});
afterAll(() => temporal.close());

const deps = () => ({ pool: store.pool, client: temporal.client, clockOffsetMs: 0, logger: pino({ level: 'silent' }) });

const open = async (change: Partial<OpenRunInput> = {}) => {
  const runs = runActivities(deps());
  const run: OpenRunInput = {
    ...{ workflowId: `stocks_1min-${randomUUID()}`, runId: randomUUID() },
    ...{ pipeline: 'stocks_1min', trigger: 'schedule', scheduledAt: Date.now(), startedAt: Date.now() },
    ...change,
  };
  return { run, ...(await runs.openRun(run)) };
};

/** A run that Temporal knows: no worker takes it, so it stays open until the test ends it. */
async function startedRun(): Promise<RunKey & { end: () => Promise<unknown> }> {
  const workflowId = `stocks_1min-${randomUUID()}`;
  const handle = await temporal.client.workflow.start(WORKFLOWS.stocks, {
    workflowId,
    taskQueue: 'nobody',
    args: [{}],
  });
  return { workflowId, runId: handle.firstExecutionRunId, end: () => handle.terminate('by the test') };
}

const rowOf = async ({ workflowId }: RunKey): Promise<object> => {
  const { rows } = await store.pool.query<object>(
    `select status, error_message as "message", finished_at is not null as "isClosed" from pipeline_runs where workflow_id = $1`,
    [workflowId],
  );
  return rows[0]!;
};

describe('of a live pipeline, one scheduled run is under way at a time', () => {
  it('a run gives way to another one, however long that has been under way', async () => {
    const { end, ...older } = await startedRun();
    await open({ ...older, startedAt: Date.now() - 2 * HOUR });
    const { run, supersededBy } = await open();
    expect(supersededBy).toBe(older.workflowId);
    const message = `superseded by ${older.workflowId}, which is still running`;
    expect(await rowOf(run)).toEqual({ status: 'skipped', message, isClosed: true });
    await end();
  });

  it('a run does not wait for a workflow that has ended without closing its row', async () => {
    const { end, ...older } = await startedRun();
    await open({ ...older, startedAt: Date.now() - 10_000 });
    await end();
    expect((await open()).supersededBy).toBeNull();
    expect(await rowOf(older)).toMatchObject({ status: 'terminated', isClosed: true });
  });

  it('a run does not wait for one that no worker can continue', async () => {
    const taskQueue = 'other-code';
    const workflowId = `stocks_1min-${randomUUID()}`;
    const handle = await temporal.client.workflow.start(WORKFLOWS.stocks, {
      ...{ workflowId, taskQueue, args: [{}] as [object] },
      workflowTaskTimeout: '1s', // a task that failed is tried again after this time
    });
    const older = { workflowId, runId: handle.firstExecutionRunId };
    await open(older);
    const { address, namespace } = temporal;
    const connection = await NativeConnection.connect({ address });
    const workflowsPath = fileURLToPath(new URL('../../workflows/reconcile.ts', import.meta.url));
    const worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath });
    // five workflow tasks have to fail
    await worker.runUntil(eventually(async () => expect((await open()).supersededBy).toBeNull()));
    await connection.close();
    await reconcileActivities(deps()).reconcileRuns();
    expect(await rowOf(older)).toEqual({
      status: 'running',
      message: expect.stringMatching(/^no worker can continue this run: .*StocksWorkflow.*as soon as/s),
      isClosed: false,
    });
    await handle.terminate('by the test');
  });

  it('of several that open at once, one goes on, and repeating says the same', async () => {
    const started = await Promise.all(Array.from({ length: 5 }, () => startedRun()));
    const opened = await Promise.all(
      started.map(({ workflowId, runId }, i) => open({ workflowId, runId, startedAt: Date.now() - i * MINUTE })),
    );
    const goingOn = opened.filter(({ supersededBy }) => supersededBy === null);
    expect(goingOn).toHaveLength(1);
    const again = await Promise.all(opened.map(({ run }) => open(run)));
    expect(again.map(({ supersededBy }) => supersededBy)).toEqual(opened.map(({ supersededBy }) => supersededBy));
    for (const { end } of started) await end();
  });

  it('another pipeline, a backfill of the schedule and a run that a person starts do not wait', async () => {
    const { end, ...older } = await startedRun();
    await open(older);
    expect((await open({ pipeline: 'stocks_1d' })).supersededBy).toBeNull();
    expect((await open({ trigger: 'backfill' })).supersededBy).toBeNull();
    expect((await open({ trigger: 'manual' })).supersededBy).toBeNull();
    await end();
  });
});

describe('a run of an asset with two sources', () => {
  it('counts the asset once, and as failed if one of them failed', async () => {
    const { rows } = await store.pool.query<{ id: number; symbol: string }>(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
        select symbol, name, kind, 'alpaca', symbol, exchange, currency, id, 2 from assets
        where symbol in ('SPY', 'NVDA') returning id, symbol`,
    );
    const sources = await store.pool.query<{ id: number }>(`select id from assets where symbol in ('SPY', 'NVDA')`);
    for (const [failed, assetsOk] of [
      [[rows[0]!.id], 1],
      [[], 2],
    ] as const) {
      const { run } = await open({ pipeline: 'backfill', trigger: 'manual' });
      const { workflowId, runId } = run;
      await recordSteps(
        store.pool,
        sources.rows.map(({ id }, item) => ({
          ...{ workflowId, runId, activityId: '1', item, step: 'extract', assetId: id, timeframe: '1d' },
          ...{ status: failed.some((one) => one === id) ? 'failed' : 'ok', attempts: 1, startedAt: Date.now() },
          ...{ durationMs: 1, rows: 1, errorType: null, errorMessage: null },
        })),
      );
      const counts = { rowsExtracted: 0, rowsInserted: 0, rowsUpdated: 0, rowsUnchanged: 0, rowsRejected: 0 };
      const closed = await runActivities(deps()).closeRun({
        ...{ workflowId, runId, ...counts, assetsOk: 4 - failed.length, assetsFailed: failed.length },
        ...{ status: 'partial', errorType: null, errorMessage: null },
      });
      const failedSymbols = failed.map(() => rows[0]!.symbol);
      expect(closed).toEqual({ assetsOk, assetsFailed: 2 - assetsOk, failedSymbols });
      const stored = await store.pool.query(
        `select assets_ok as "assetsOk", assets_failed as "assetsFailed" from pipeline_runs where workflow_id = $1`,
        [workflowId],
      );
      expect(stored.rows).toEqual([{ assetsOk, assetsFailed: 2 - assetsOk }]);
    }
    await store.pool.query('delete from assets where source_of is not null');
  });
});

describe('a run whose provider is not requested', () => {
  const messageOfFailed = async (pipeline: OpenRunInput['pipeline'], provider: ProviderId) => {
    const { run } = await open({ pipeline });
    await ensureProviders(store.pool, [provider]);
    await store.pool.query(`update provider_state set outage_since = now() where provider = $1`, [provider]);
    const counts = { rowsExtracted: 0, rowsInserted: 0, rowsUpdated: 0, rowsUnchanged: 0, rowsRejected: 0 };
    const { workflowId, runId } = run;
    try {
      await runActivities(deps()).closeRun({
        ...{ workflowId, runId, ...counts, assetsOk: 0, assetsFailed: 7, status: 'failed' },
        ...{ errorType: 'RateLimited', errorMessage: 'RateLimited: HTTP 429' },
      });
    } finally {
      await store.pool.query('update provider_state set outage_since = null');
    }
    const { message } = (await rowOf(run)) as { message: string };
    return message;
  };

  it('names the assets that have no other source', async () => {
    expect(await messageOfFailed('stocks_1min', 'yahoo')).toBe(
      'RateLimited: HTTP 429; SPY, NVDA, MSFT, SIE.DE, GOOGL and 2 more have no other source',
    );
  });

  it("counts only sources that have the run's timeframes", async () => {
    await store.pool.query(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
        select symbol, name, kind, 'coinbase', 'BTC-USD', exchange, currency, id, 2 from assets where symbol = 'BTC'`,
    );
    try {
      expect(await messageOfFailed('crypto_1min', 'coinbase')).toMatch(/HTTP 429; BTC has no other source$/);
      expect(await messageOfFailed('crypto_20min', 'coingecko')).not.toMatch(/BTC/);
    } finally {
      await store.pool.query('delete from assets where source_of is not null');
    }
  });
});
