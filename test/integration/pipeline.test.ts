import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import pino from 'pino';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { connect, type Database } from '../../db/client.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { startSandbox } from '../../sandbox/server.js';
import { createGates } from '../../worker/deps.js';
import { createWorkers } from '../../worker/workers.js';
import { type BackfillInput, type LiveInput, PIPELINE_QUEUE, WORKFLOWS } from '../../workflows/contracts.js';
import { createTestDatabase } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { RUN_ID, seed } from '../factories.js';

/** The latest New York session that is over, and now is one hour before its end: minutes and yesterday's day are final. */
const session = calendarOf('XNYS')
  .sessionsBetween(Date.now() - 14 * 24 * HOUR, Date.now() - 12 * HOUR)
  .at(-1)!;
const clockOffsetMs = Math.floor((session.close - HOUR - Date.now()) / 60_000) * 60_000;
const marketNow = () => Date.now() + clockOffsetMs;

let database: Database;
let drop: () => Promise<void>;
let temporal: TestNamespace;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let connection: NativeConnection;
let workers: Worker[];
let running: Promise<unknown>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [{ drop, database }, temporal, sandbox] = await Promise.all([
    freshDatabase(),
    createTestNamespace(),
    startSandbox({ port: 0, seed: 1, clock: marketNow }),
  ]);
  const env = readEnv({ YAHOO_BASE_URL: sandbox.url, COINGECKO_BASE_URL: `${sandbox.url}/api/v3` });
  connection = await NativeConnection.connect({ address: temporal.address });
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    rates: ratesOf(env),
    deps: {
      pool: database.pool,
      providers: createProviders(env),
      gates: createGates(env),
      clockOffsetMs,
      payloadRetentionDays: 90,
      client: temporal.client,
      logger: pino({ level: 'silent' }),
    },
    workflows: { workflowsPath },
  });
  running = Promise.all(workers.map((worker) => worker.run()));
}, 90_000);

afterAll(async () => {
  for (const worker of workers ?? []) worker.shutdown();
  await running;
  await connection?.close();
  await Promise.all([temporal?.close(), sandbox?.close()]);
  await database?.close();
  await drop?.();
}, 30_000);

async function freshDatabase() {
  const test = await createTestDatabase();
  const opened = connect(test.url);
  await seed(opened.pool);
  return { drop: test.drop, database: opened };
}

const run = (type: string, workflowId: string, input: LiveInput | BackfillInput) =>
  temporal.client.workflow.execute(type, { workflowId, taskQueue: PIPELINE_QUEUE, args: [input] }) as Promise<
    Record<string, unknown>
  >;

interface Row {
  time: Date;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}
const stored = async (symbol: string, timeframe: string): Promise<unknown[][]> => {
  const { rows } = await database.pool.query<Row>(
    `select b.* from bars b join assets a on a.id = b.asset_id where a.symbol = $1 and b.timeframe = $2 order by time`,
    [symbol, timeframe],
  );
  return rows.map(({ time, open, high, low, close, volume }) => [time.toISOString(), open, high, low, close, volume]);
};
const truth = async (
  symbol: string,
  interval: string,
  from: string,
  settleSeconds: number,
): Promise<[string, ...number[]][]> => {
  const response = await fetch(
    `${sandbox.url}/__truth/${symbol}?interval=${interval}&from=${from}&settle_s=${settleSeconds}`,
  );
  return (await response.json()) as [string, ...number[]][];
};
const nearly = (rows: unknown[][]) =>
  rows.map(([time, ...values]) => [
    time,
    ...values.map((value) => (value === null ? null : Number((value as number).toPrecision(6)))),
  ]);

/** Stored bars equal the truth, from an instant on and as far as both must be final. */
async function expectTruth(symbol: string, from: string): Promise<void> {
  const settled = (time: unknown) => time! >= from && Date.parse(time as string) < marketNow() - 20 * 60_000;
  const expected = (await truth(symbol, '1m', from, 8)).filter(([time]) => settled(time));
  expect(expected.length).toBeGreaterThan(200);
  expect(nearly((await stored(symbol, '1m')).filter(([time]) => settled(time)))).toEqual(nearly(expected));
}

describe('a backfill', () => {
  it('stores every bar that the provider has, equal to the truth, and nothing else', async () => {
    const from = new Date(session.open - 30 * HOUR).toISOString();
    const result = await run(WORKFLOWS.backfill, 'backfill', { symbols: ['SPY'], timeframes: ['1m'], from });
    expect(result).toMatchObject({ status: 'succeeded', assetsOk: 1, assetsFailed: 0, rowsRejected: 0 });
    await expectTruth('SPY', from);
  }, 60_000);
});

describe('a live run', () => {
  it('stores what closed, and a second one asks again but touches no row', async () => {
    const input = { pipeline: 'stocks_1min' as const, symbols: ['NVDA', 'SIE.DE'], at: new Date().toISOString() };
    await run(WORKFLOWS.stocks, 'live-1', input);
    const before = await database.pool.query('select asset_id, time, xmin from bars order by asset_id, time');
    expect(before.rowCount).toBeGreaterThan(300);
    await expectTruth('SIE.DE', new Date(session.open - 24 * HOUR).toISOString()); // minutes without a trade are no bars
    const again = await run(WORKFLOWS.stocks, 'live-2', input);
    expect(again).toMatchObject({ rowsInserted: 0, rowsUpdated: 0 });
    expect(again.rowsExtracted).toBeGreaterThan(300);
    expect((await database.pool.query('select asset_id, time, xmin from bars order by asset_id, time')).rows).toEqual(
      before.rows,
    );
  }, 60_000);

  it('stores coins with prices apart, and no candle that is still forming', async () => {
    await run(WORKFLOWS.crypto, 'coins', { pipeline: 'crypto_20min', symbols: ['BTC'] });
    const candles = await stored('BTC', '30m');
    expect(nearly(candles)).toEqual(
      nearly((await truth('bitcoin', '30m', candles[0]![0] as string, 900)).slice(0, candles.length)),
    );
    expect(Date.parse(candles.at(-1)![0] as string) + 45 * 60_000).toBeLessThanOrEqual(marketNow());
    expect(
      (
        await database.pool.query('select 1 from quotes q join assets a on a.id = q.asset_id where a.symbol = $1', [
          'BTC',
        ])
      ).rowCount,
    ).toBe(1);
  }, 60_000);

  it('fails with the reason when the provider does not know the symbol, and its neighbours load', async () => {
    await database.pool.query(
      `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency) values ('NOPE', 'Nope', 'stock', 'yahoo', 'NOPE', 'XNYS', 'USD')`,
    );
    const result = await run(WORKFLOWS.stocks, 'unknown', { pipeline: 'stocks_1min', symbols: ['NOPE', 'GOOGL'] });
    expect(result).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 1 });
    const { rows } = await database.pool.query(
      `select status, error_type from pipeline_runs where workflow_id = 'unknown'`,
    );
    expect(rows).toEqual([{ status: 'partial', error_type: 'UnknownSymbol' }]);
    const steps = await database.pool.query(
      `select step, status, attempts, error_type from pipeline_run_steps s join assets a on a.id = s.asset_id where workflow_id = 'unknown' and a.symbol = 'NOPE'`,
    );
    expect(steps.rows).toEqual([{ step: 'extract', status: 'failed', attempts: 1, error_type: 'UnknownSymbol' }]);
  }, 60_000);
});

describe('the history of a run', () => {
  it('holds ids and counts, no bar', async () => {
    const history = await temporal.client.workflow.getHandle('live-1').fetchHistory();
    const size = JSON.stringify(history).length;
    const bars = await database.pool.query('select 1 from bars');
    expect(bars.rowCount).toBeGreaterThan(700);
    expect(size).toBeLessThan(60_000);
  });
});

describe('rows of runs that could not close themselves', () => {
  it('are closed as Temporal says they ended', async () => {
    const handle = await temporal.client.workflow.start(WORKFLOWS.backfill, {
      workflowId: 'to-be-terminated',
      taskQueue: PIPELINE_QUEUE,
      args: [{ symbols: ['SIE.DE'], timeframes: ['1m'] }],
    });
    await eventually(async () => expect(await statusOf('to-be-terminated')).toBe('running'));
    await handle.terminate();
    await database.pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
        values ('history-is-gone', $1, 'backfill', 'manual', now(), 'running', now())`,
      [RUN_ID],
    );
    await database.pool.query(
      `update pipeline_runs set started_at = started_at - interval '1 hour' where status = 'running'`,
    );
    await run(WORKFLOWS.reconcile, 'reconcile', {});
    expect(await statusOf('to-be-terminated')).toBe('terminated');
    expect(await statusOf('history-is-gone')).toBe('failed');
  }, 60_000);
});

async function statusOf(workflowId: string): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ status: string }>(
    'select status from pipeline_runs where workflow_id = $1',
    [workflowId],
  );
  return rows[0]?.status;
}
