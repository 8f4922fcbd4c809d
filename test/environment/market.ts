import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type pg from 'pg';
import { GRIDS, type UpkeepPipeline } from '../../config/catalog/schedules.js';
import { readEnv } from '../../config/env.js';
import { connect } from '../../db/client.js';
import { MINUTE } from '../../domain/timeframe.js';
import { startSandbox } from '../../sandbox/server.js';
import { type BackfillInput, type LiveInput, type UpkeepScope, WORKFLOWS } from '../../contracts/workflows.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import type { RunResult } from '../../workflows/run.js';
import { seed } from '../factories.js';
import { createTestDatabase } from './database.js';
import { createTestNamespace, type TestNamespace } from './namespace.js';
import { type Running, startForgetfulWorkers, startWorkers } from './workers.js';

/** A bar as the sandbox tells the truth: `[time, open, high, low, close, volume]`, time in ISO 8601. */
export type TrueBar = [time: string, open: number, high: number, low: number, close: number, volume: number | null];

/** Only the prices of stocks are float32. */
const TOLERANCE = 1e-6;
/** Columns by the market's clock; all others of their type are by the wall clock. */
const BY_MARKET_CLOCK =
  `time first_time last_time window_from window_to begins_at first_bar quote_time nominal_at`.split(' ');
const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/**
 * The product on the simulated exchange: its own database and namespace, all workers, and a market clock that tests move.
 * @param start market clock at the beginning, epoch ms
 * @param symbols the assets that are active
 */
export async function startMarket(start: number, symbols: string[]): Promise<Market> {
  const clock = { offsetMs: Math.floor((start - Date.now()) / MINUTE) * MINUTE };
  const test = await createTestDatabase();
  const database = connect(test.url);
  const [temporal, sandbox] = await Promise.all([
    createTestNamespace(),
    // a second of its limits is a millisecond: what is asked is counted, not how fast
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
  /** Of the sandbox. */
  url: string;
  clock: { offsetMs: number };
  restart(change: () => Promise<void>, start: typeof startWorkers): Promise<void>;
  close(): Promise<void>;
}

export class Market {
  readonly pool: pg.Pool;
  readonly temporal: TestNamespace;

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

  assetId(symbol: string): number {
    return this.parts.assets.get(symbol)!;
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** Does something while all that is stored is stored twice: the first time, the worker dies before it can tell. */
  async forgetfully<T>(work: () => Promise<T>): Promise<T> {
    const nothing = () => Promise.resolve();
    await this.parts.restart(nothing, startForgetfulWorkers);
    const result = await work();
    await this.parts.restart(nothing, startWorkers);
    return result;
  }

  /** Lets time pass: the market goes on, and everything that was recorded by the wall clock is so much older. */
  async pass(ms: number): Promise<void> {
    const change = async () => {
      const columns = await this.rows<{ table: string; columns: string[] }>(
        `select c.table_name as table, array_agg(c.column_name::text) as columns
        from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'timestamp with time zone'
          and c.column_name <> all($1) group by 1`,
        [BY_MARKET_CLOCK],
      );
      const older = columns.map(
        ({ table, columns: names }) =>
          `update ${table} set ${names.map((name) => `${name} = ${name} - interval '${ms} ms'`).join(', ')}`,
      );
      // as a load does, so that no session counts as changed
      await this.pool.query(['begin', `set local barkeep.load = 'on'`, ...older, 'commit'].join('; '));
      this.parts.clock.offsetMs += ms;
    };
    await this.parts.restart(change, startWorkers);
  }

  /** As `pass`, up to an instant of the market clock. */
  passTo(instant: number): Promise<void> {
    return this.pass(Math.ceil((instant - this.now) / MINUTE) * MINUTE);
  }

  /** Asks a page of the sandbox itself. */
  async page<Body>(path: string, query: Record<string, string | number> = {}): Promise<Body> {
    const parameters = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const answer = await fetch(`${this.parts.url}${path}?${parameters.toString()}`);
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  }

  /** How often each path was asked for while something was done. */
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

  /** Runs a workflow as a person starts it; a run that fails as a whole gives what its row tells. */
  async run(type: string, input: object, options: { scheduledAt?: number; workflowId?: string } = {}) {
    const { scheduledAt, workflowId = `test-${randomUUID()}` } = options;
    const typedSearchAttributes =
      scheduledAt === undefined
        ? undefined
        : new TypedSearchAttributes([{ key: SCHEDULED_AT, value: new Date(scheduledAt) }]);
    const start = { workflowId, taskQueue: PIPELINE_QUEUE, args: [input], typedSearchAttributes };
    try {
      return (await this.temporal.client.workflow.execute(type, start)) as RunResult;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const [row] = await this.rows<{ status: string; reason: string | null }>(
        'select status, error_message as reason from pipeline_runs where workflow_id = $1',
        [workflowId],
      );
      return row as RunResult;
    }
  }

  backfill(input: BackfillInput): Promise<RunResult> {
    return this.run(WORKFLOWS.backfill, input);
  }

  /** What closed up to now, as the minute's schedule asks for it. */
  live(input: Omit<LiveInput, 'pipeline'> = {}): Promise<RunResult> {
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

  /** When a schedule fired last, wall clock; when it fires next, where that is long ago: such a run counts as one of the past. */
  private tick(pipeline: keyof typeof GRIDS): number {
    const { gridMs, offsetMs } = GRIDS[pipeline];
    const round = gridMs > MINUTE ? Math.ceil : Math.floor;
    return round((Date.now() - offsetMs) / gridMs) * gridMs + offsetMs;
  }

  /** The final bars with times in [from, to); `to` must be long over. */
  truth(symbol: string, interval: string, from: number, to: number): Promise<TrueBar[]> {
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return this.page<TrueBar[]>(`/__truth/${symbol}`, { interval, ...window });
  }

  async stored(symbol: string, timeframe: string, from: number, to: number): Promise<TrueBar[]> {
    const bars = await this.rows<{ bar: TrueBar }>(
      `select array_to_json(array[to_jsonb(to_char(b.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        to_jsonb(open), to_jsonb(high), to_jsonb(low), to_jsonb(close), to_jsonb(volume)]) as bar
      from bars b where asset_id = $1 and timeframe = $2 and time >= $3 and time < $4 order by time`,
      [this.assetId(symbol), timeframe, new Date(from), new Date(to)],
    );
    return bars.map(({ bar }) => bar);
  }

  /**
   * Bars of [from, to) that are stored otherwise than they are in truth, or only on one side; and how many are right.
   * @param volumeOff so much a volume may be off: one that was brought to another price level is rounded
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

function areEqual([, ...own]: TrueBar, [, ...truth]: TrueBar, volumeOff: number): boolean {
  const isNear = (i: number) => Math.abs(own[i]! - truth[i]!) <= TOLERANCE * Math.abs(truth[i]!);
  const isSameVolume = own[4] === truth[4] || Math.abs(own[4]! - truth[4]!) <= volumeOff;
  return [0, 1, 2, 3].every(isNear) && isSameVolume;
}
