import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { running } from '../../cli/embedded/spawn-server.js';
import type { RunningProcess } from '../../cli/embedded/service.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { readRuntime, type Runtime } from '../../cli/lib/runtime-file.js';
import { isAlive, signal } from '../../cli/lib/processes.js';
import { demoOffset } from '../../cli/start/options.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { ProcessLedger } from '../../cli/start/process-ledger.js';
import { connectOnce } from '../../db/client.js';
import { SECOND } from '../../domain/timeframe.js';
import type { Finding } from './compare-bars.js';
import { until } from './until.js';

type Service = keyof Runtime['pids'];

/** The program behind `npm start`. */
const bootstrap = fileURLToPath(new URL('../../../cli/bootstrap.mjs', import.meta.url));
const START_MS = 300 * SECOND;
const STOP_MS = 30 * SECOND;
const QUERY_TIMEOUT_MS = 60 * SECOND;

/**
 * The product, started as a user starts it: `npm start -- --sandbox` with free ports and its own data folder, an hour into
 * a New York session. It counts the ends of processes that no fault has caused.
 */
export class Product {
  readonly dataDir: string;
  /** Added to the wall clock to get the market clock, ms. */
  readonly clockOffsetMs: number;
  readonly log: LogFile;
  private readonly logPath: string;
  private child: ChildProcess | null = null;
  private stack: RunningProcess | null = null;
  private readonly killed = new Map<string, number>();

  constructor(folder: string) {
    this.dataDir = join(folder, 'data');
    this.logPath = join(folder, 'start.log');
    this.log = new LogFile(this.logPath);
    this.clockOffsetMs = demoOffset(Date.now()) * SECOND;
  }

  /** The market clock, epoch ms. */
  get now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** @throws Error if nothing is running */
  get runtime(): Runtime {
    const runtime = readRuntime(this.dataDir);
    if (!runtime) throw new Error(`${this.dataDir}/runtime.json is not there`);
    return runtime;
  }

  /** Starts everything; resolves when the API is ready. */
  async start(): Promise<void> {
    const env = {
      ...process.env,
      DATA_DIR: this.dataDir,
      ...{ PORT: '0', METRICS_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' },
      MARKET_CLOCK_OFFSET: String(this.clockOffsetMs / SECOND),
    };
    const others = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_NAMESPACE'];
    for (const name of ['DATABASE_URL', 'DATABASE_URL_FILE', 'NODE_ENV', ...others]) Reflect.deleteProperty(env, name);
    const child = spawn(process.execPath, [bootstrap, 'start', '--sandbox'], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.log.follow(child);
    this.child = child;
    this.stack = running(child, { clean: 'SIGTERM', quick: 'SIGTERM' });
    await until('npm start', START_MS, async () => {
      if (!isAlive(child.pid!)) throw new Error(`npm start ended: ${this.log.takeErrors()}`);
      const runtime = readRuntime(this.dataDir);
      return runtime !== null && (await fetch(`${runtime.api}/readyz`)).ok;
    });
  }

  /** Stops everything, and ends what is left of it. */
  async stop(): Promise<void> {
    await this.stack?.stop(STOP_MS);
    await new ProcessLedger(this.dataDir).reap();
    this.child = null;
    this.stack = null;
  }

  close(): void {
    this.log.close();
  }

  /** The pid of a service. @throws Error if it is not running */
  pid(name: Service): number {
    const pid = this.runtime.pids[name];
    if (pid === null) throw new Error(`${name} is not running`);
    return pid;
  }

  /** Ends one process, of which the supervisor must start a new one. */
  kill(name: Service, how: NodeJS.Signals = 'SIGKILL'): void {
    const pid = this.pid(name);
    this.excuse(name);
    signal(pid, how);
  }

  /** One end of this process, past or to come, is none of the product's. */
  excuse(name: Service): void {
    this.killed.set(name, (this.killed.get(name) ?? 0) + 1);
  }

  /** SIGKILL to every process at once, as when the machine loses its power. */
  async killAll(): Promise<void> {
    const pids = Object.values(this.runtime.pids).filter((pid) => pid !== null);
    for (const pid of [this.child!.pid!, ...pids]) signal(pid, 'SIGKILL');
    await this.stack!.exited;
    this.child = null;
    this.stack = null;
  }

  /** Waits for the process that replaces the one with this pid. */
  async replaced(name: Service, pid: number): Promise<void> {
    await until(`a new ${name}`, START_MS, () => {
      const now = this.runtime.pids[name];
      return now !== null && now !== pid;
    });
  }

  /** Ends of processes that no fault has caused. */
  exits(): Finding[] {
    const findings: Finding[] = [];
    const ends = [...readFileSync(this.logPath, 'utf8').matchAll(/^(\w+) stopped \((.*)/gm)];
    for (const name of new Set(ends.map(([, service]) => service!))) {
      const own = ends.filter(([, service]) => service === name);
      const unexpected = own.slice(this.killed.get(name) ?? 0);
      findings.push(...unexpected.map(([line]): Finding => ({ kind: 'exits', what: line })));
    }
    if (this.child && !isAlive(this.child.pid!)) findings.push({ kind: 'exits', what: 'npm start has ended' });
    return findings;
  }

  /** One connection to the product's database while `work` runs. */
  async withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const config = { connectionString: this.runtime.databaseUrl, connectionTimeoutMillis: 5 * SECOND };
    const client = await connectOnce({ ...config, application_name: 'chaos', query_timeout: QUERY_TIMEOUT_MS });
    try {
      return await work(client);
    } finally {
      await Promise.race([client.end().catch(() => {}), delay(SECOND)]);
    }
  }

  rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.withDatabase(async (client) => (await client.query<Row>(sql, values)).rows);
  }

  /** A client of the product's Temporal while `work` runs. */
  async withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { temporalAddress, namespace } = this.runtime;
    const connection = await Connection.connect(clientOptions(plainTemporal(temporalAddress, namespace)));
    try {
      return await work(new Client({ connection, namespace }));
    } finally {
      await connection.close();
    }
  }

  /** Base URL of the sandbox. */
  get sandbox(): string {
    const { sandbox } = JSON.parse(readFileSync(join(this.dataDir, 'ports.json'), 'utf8')) as { sandbox: number };
    return `http://127.0.0.1:${sandbox}`;
  }

  /** Fetches a page of the sandbox itself. */
  async page<Body>(path: string, query: Record<string, string | number> = {}): Promise<Body> {
    const parameters = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${this.sandbox}${path}?${parameters.toString()}`);
    if (!response.ok) throw new Error(`${path} returns ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
}
