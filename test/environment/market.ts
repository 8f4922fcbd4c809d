import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type pg from 'pg';
import { GRIDS, type UpkeepPipeline } from '../../config/catalog/schedules.js';
import { readEnv } from '../../config/env.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { MINUTE } from '../../domain/timeframe.js';
import { startSandbox } from '../../sandbox/server.js';
import { type BackfillInput, type LiveInput, type UpkeepScope, WORKFLOWS } from '../../contracts/workflows.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { SCHEDULED_START } from '../../contracts/search-attributes.js';
import type { RunResult } from '../../workflows/run.js';
import { areEqual, STORED_BAR, type TrueBar } from '../chaos/true-bars.js';
import { seed } from '../factories.js';
import { connectPatiently, createTestDatabase } from './database.js';
import { createTestNamespace, type TestNamespace } from './namespace.js';
import { type Running, startResultLosingWorkers, startWorkers } from './workers.js';

/**
 * A session in New York for the test market. In the 35 days before it and the ten after it, neither New York nor Frankfurt
 * has a holiday, a half day or a change of clocks: what a test finds does not depend on the day on which it runs.
 */
export const SESSION = calendarOf('XNYS').sessionOn('2026-08-26')!;

/** Time columns that follow the market clock. All others follow the wall clock. */
const MARKET_CLOCK_COLUMNS =
  `time first_time last_time window_from window_to begins_at first_bar quote_time nominal_at`.split(' ');

/**
 * Starts the product on the simulated exchange, with its own database and namespace, all workers, and a market clock that
 * tests advance.
 * @param start market clock at the start, epoch ms
 * @param symbols the active assets
 */
export async function startMarket(start: number, symbols: string[]): Promise<Market> {
  const clock = { offsetMs: Math.floor((start - Date.now()) / MINUTE) * MINUTE };
  const test = await createTestDatabase();
  const database = connectPatiently(test.url);
  const [temporal, sandbox] = await Promise.all([
    createTestNamespace(),
    // its rate limits pass 1000 times as fast: tests count requests, not their rate
    startSandbox({ port: 0, seed: 1, clock: () => Date.now() + clock.offsetMs, wall: () => performance.now() * 1_000 }),
  ]);
  const env = readEnv({
    YAHOO_BASE_URL: sandbox.url,
    COINGECKO_BASE_URL: `${sandbox.url}/api/v3`,
    YAHOO_RPS: '100',
    COINGECKO_RPS: '20',
  });
  const assets = await seed(database.pool);
  await database.pool.query('update assets set active = symbol = any($1)', [symbols]);
  let workers: Running | undefined;
  const restart = async (change: () => Promise<void>, start: typeof startWorkers) => {
    await workers?.stop();
    await change();
    workers = await start({ temporal, pool: database.pool, env, clockOffsetMs: clock.offsetMs });
  };
  await restart(() => Promise.resolve(), startWorkers);
  const close = async () => {
    await workers?.stop();
    await Promise.all([temporal.close(), sandbox.close(), database.close()]);
    await test.drop();
  };
  return new Market({ pool: database.pool, temporal, assets, url: sandbox.url, clock, restart, close });
}

interface Parts {
  pool: pg.Pool;
  temporal: TestNamespace;
  /** Ids by symbol. */
  assets: ReadonlyMap<string, number>;
  /** Base URL of the sandbox. */
  url: string;
  clock: { offsetMs: number };
  restart(change: () => Promise<void>, start: typeof startWorkers): Promise<void>;
  close(): Promise<void>;
}

export class Market {
  readonly pool: pg.Pool;
  readonly temporal: TestNamespace;
  /** The market clock when the last live run of minutes began, epoch ms. */
  liveAt = 0;
  /** Workflows that a test waits for. */
  private readonly running = new Set<Promise<unknown>>();

  constructor(private readonly parts: Parts) {
    this.pool = parts.pool;
    this.temporal = parts.temporal;
  }

  /** The market clock, epoch ms. */
  get now(): number {
    return Date.now() + this.parts.clock.offsetMs;
  }

  get clockOffsetMs(): number {
    return this.parts.clock.offsetMs;
  }

  close(): Promise<void> {
    return this.parts.close();
  }

  /**
   * Ends what a test that ran into its limit has left running, so that it does not disturb the next one.
   * @returns whether there was anything
   */
  async settle(): Promise<boolean> {
    if (this.running.size === 0) return false;
    const { workflow } = this.temporal.client;
    while (this.running.size > 0) {
      for await (const { workflowId } of workflow.list({ query: `ExecutionStatus = 'Running'` }))
        await workflow
          .getHandle(workflowId)
          .terminate('its test is over')
          .catch(() => undefined);
      await Promise.race([Promise.allSettled(this.running), setTimeout(1_000)]);
    }
    await this.parts.restart(() => Promise.resolve(), startWorkers);
    return true;
  }

  assetId(symbol: string): number {
    return this.parts.assets.get(symbol)!;
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** Runs `work` while the first result of every storing activity is lost, so that each of them runs twice. */
  async losingResults<T>(work: () => Promise<T>): Promise<T> {
    const nothing = () => Promise.resolve();
    await this.parts.restart(nothing, startResultLosingWorkers);
    const result = await work();
    await this.parts.restart(nothing, startWorkers);
    return result;
  }

  /** Advances the market clock, and makes everything recorded by the wall clock older by the same time. */
  async advance(ms: number): Promise<void> {
    const change = async () => {
      const columns = await this.rows<{ table: string; columns: string[] }>(
        `select c.table_name as table, array_agg(c.column_name::text) as columns
        from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'timestamp with time zone'
          and c.column_name <> all($1) group by 1`,
        [MARKET_CLOCK_COLUMNS],
      );
      const older = columns.map(
        ({ table, columns: names }) =>
          `update ${table} set ${names.map((name) => `${name} = ${name} - interval '${ms} ms'`).join(', ')}`,
      );
      // marks the change as a load, so that no session becomes dirty
      await this.pool.query(['begin', `set local barkeep.load = 'on'`, ...older, 'commit'].join('; '));
      this.parts.clock.offsetMs += ms;
    };
    await this.parts.restart(change, startWorkers);
  }

  /** Advances to an instant of the market clock. */
  advanceTo(instant: number): Promise<void> {
    return this.advance(Math.ceil((instant - this.now) / MINUTE) * MINUTE);
  }

  /** Fetches a page of the sandbox itself. */
  async page<Body>(path: string, query: Record<string, string | number> = {}): Promise<Body> {
    const parameters = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${this.parts.url}${path}?${parameters.toString()}`);
    if (!response.ok) throw new Error(`${path} returns ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }

  /** Number of requests per path during `work`. */
  async requestsDuring(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await this.requests();
    await work();
    const after = Object.entries(await this.requests());
    return Object.fromEntries(
      after.map(([path, count]) => [path, count - (before[path] ?? 0)] as const).filter(([, count]) => count > 0),
    );
  }

  private async requests(): Promise<Record<string, number>> {
    return (await this.page<{ paths: Record<string, number> }>('/__log')).paths;
  }

  /** Runs a workflow as if a person started it. If it fails as a whole, returns status and reason from its run row. */
  async run(type: string, input: object, options: { scheduledAt?: number; workflowId?: string } = {}) {
    const { scheduledAt, workflowId = `test-${randomUUID()}` } = options;
    const typedSearchAttributes =
      scheduledAt === undefined
        ? undefined
        : new TypedSearchAttributes([{ key: SCHEDULED_START, value: new Date(scheduledAt) }]);
    const start = { workflowId, taskQueue: PIPELINE_QUEUE, args: [input], typedSearchAttributes };
    const running = this.temporal.client.workflow.execute(type, start);
    this.running.add(running);
    try {
      return (await running) as RunResult;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const [row] = await this.rows<{ status: string; reason: string | null }>(
        'select status, error_message as reason from pipeline_runs where workflow_id = $1',
        [workflowId],
      );
      return row as RunResult;
    } finally {
      this.running.delete(running);
    }
  }

  backfill(input: BackfillInput): Promise<RunResult> {
    return this.run(WORKFLOWS.backfill, input);
  }

  /** Runs the live pipeline of minutes as its schedule does, for the bars that have closed. */
  live(input: Omit<LiveInput, 'pipeline'> = {}): Promise<RunResult> {
    this.liveAt = this.now;
    return this.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', ...input }, { scheduledAt: this.tick('stocks_1min') });
  }

  /** By a person: impatient. */
  heal(input: UpkeepScope = {}): Promise<RunResult> {
    return this.run(WORKFLOWS.heal, input);
  }

  verify(input: UpkeepScope = {}): Promise<RunResult> {
    return this.run(WORKFLOWS.verify, input);
  }

  /** As the schedule starts it. */
  scheduled(pipeline: UpkeepPipeline): Promise<RunResult> {
    const type = pipeline === 'heal_gaps' ? WORKFLOWS.heal : WORKFLOWS.verify;
    return this.run(type, {}, { scheduledAt: this.tick(pipeline) });
  }

  /** The last fire of a schedule, wall clock. For coarse grids the next one, because an old fire counts as a backfill. */
  private tick(pipeline: keyof typeof GRIDS): number {
    const { gridMs, offsetMs } = GRIDS[pipeline];
    const round = gridMs > MINUTE ? Math.ceil : Math.floor;
    return round((Date.now() - offsetMs) / gridMs) * gridMs + offsetMs;
  }

  /** The true bars with times in [from, to). `to` must be well in the past, so that all are final. */
  truth(symbol: string, interval: string, from: number, to: number): Promise<TrueBar[]> {
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return this.page<TrueBar[]>(`/__truth/${symbol}`, { interval, ...window });
  }

  async stored(symbol: string, timeframe: string, from: number, to: number): Promise<TrueBar[]> {
    const bars = await this.rows<{ bar: TrueBar }>(
      `select ${STORED_BAR} as bar
      from bars b where asset_id = $1 and timeframe = $2 and time >= $3 and time < $4 order by time`,
      [this.assetId(symbol), timeframe, new Date(from), new Date(to)],
    );
    return bars.map(({ bar }) => bar);
  }

  /**
   * Compares the stored bars of [from, to) with the true ones.
   * @param volumeOff tolerance of volumes: those rescaled to another price level are rounded
   * @returns the bars that differ or are only on one side, and the number of correct ones
   */
  async compare(symbol: string, timeframe: string, from: number, to: number, volumeOff = 0) {
    const [stored, truth] = await Promise.all([
      this.stored(symbol, timeframe, from, to),
      this.truth(symbol, timeframe, from, to),
    ]);
    const known = new Map(stored.map((bar) => [bar[0], bar]));
    const wrong: { stored: TrueBar | null; truth: TrueBar | null }[] = [];
    for (const bar of truth) {
      const own = known.get(bar[0]) ?? null;
      known.delete(bar[0]);
      if (!own || !areEqual(own, bar, volumeOff)) wrong.push({ stored: own, truth: bar });
    }
    for (const bar of known.values()) wrong.push({ stored: bar, truth: null });
    return { wrong, right: truth.length - wrong.filter(({ truth: bar }) => bar).length };
  }
}
