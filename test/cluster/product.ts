import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { RunningProcess } from '../../cli/embedded/service.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { freePort } from '../../cli/lib/ports.js';
import { signal } from '../../cli/lib/processes.js';
import { startNodeChild } from '../../cli/start/node-child.js';
import { demoOffset } from '../../cli/start/options.js';
import { readTemporalConfig } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';

const dist = fileURLToPath(new URL('../..', import.meta.url));
const STOP_MS = 40 * SECOND;
const COMMAND_MS = 15 * MINUTE;
/** Variables of the machine that programs need; no others, so that nothing of the user's own configuration counts. */
const OF_THE_MACHINE = ['PATH', 'TMPDIR', 'LANG'];

/** What a command gave. */
export interface Ended {
  code: number | string;
  output: string;
}

/** Our programs as on a server: started one by one, with the simulated exchange an hour into a New York session. */
export class Product {
  readonly adminToken = randomUUID();
  /** The environment of all programs. */
  readonly variables: Record<string, string>;
  private readonly folder: string;
  private readonly started: { name: string; process: RunningProcess }[] = [];
  /** Processes that are not ready yet. */
  private readonly starting = new Set<number>();
  private readonly logs: LogFile[] = [];
  private readonly stopping = new AbortController();

  /** @param folder absolute path, for the logs */
  constructor(folder: string, databaseUrl: string, temporal: Record<string, string>) {
    this.folder = folder;
    const machine = OF_THE_MACHINE.flatMap((name): [string, string][] =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    this.variables = {
      ...Object.fromEntries(machine),
      NODE_NO_WARNINGS: '1',
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      METRICS_PORT: '0',
      MARKET_MODE: 'sandbox',
      ADMIN_TOKEN: this.adminToken,
      MARKET_CLOCK_OFFSET: String(demoOffset(Date.now())),
      ...temporal,
    };
  }

  async startSandbox(): Promise<void> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    Object.assign(this.variables, { YAHOO_BASE_URL: url, COINGECKO_BASE_URL: `${url}/api/v3` });
    await this.start('sandbox', 'sandbox/main.js', [
      ...['--port', String(port), '--offset-s', this.variables.MARKET_CLOCK_OFFSET!],
    ]);
  }

  /** @returns its base URL */
  async startApi(name: string): Promise<string> {
    const port = await freePort();
    await this.start(name, 'api/main.js', [], { PORT: String(port) });
    return `http://127.0.0.1:${port}`;
  }

  startWorker(name: string): Promise<RunningProcess> {
    return this.start(name, 'worker/main.js');
  }

  /** Runs one of our commands, such as `cli/doctor`, to its end. @param over variables in place of those of the product */
  command(script: string, args: string[] = [], over: Record<string, string> = this.variables): Promise<Ended> {
    return this.run(process.execPath, [join(dist, `${script}.js`), ...args], over);
  }

  /** Runs another program in the same environment. */
  program(path: string, args: string[]): Promise<Ended> {
    return this.run(path, args, this.variables);
  }

  /** A client of the same server while `work` runs. */
  async withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const config = readTemporalConfig(this.variables);
    const connection = await Connection.connect(clientOptions(config));
    try {
      return await work(new Client({ connection, namespace: config.namespace }));
    } finally {
      await connection.close();
    }
  }

  /** How Temporal names a worker process. */
  static identityOf({ pid }: RunningProcess): string {
    return `${pid}@${hostname()}`;
  }

  /** Stops everything cleanly, first what was started last. @returns how each program that was still running ended */
  async stop(): Promise<Record<string, string>> {
    this.stopping.abort();
    for (const pid of this.starting) signal(pid, 'SIGKILL');
    const ends: Record<string, string> = {};
    for (const { name, process: child } of this.started.splice(0).reverse()) {
      await child.stop(STOP_MS);
      ends[name] = await child.exited;
    }
    for (const log of this.logs.splice(0)) log.close();
    return ends;
  }

  private run(program: string, args: string[], env: Record<string, string>): Promise<Ended> {
    const { signal: stopped } = this.stopping;
    return new Promise((resolve) => {
      execFile(program, args, { env, timeout: COMMAND_MS, signal: stopped }, (error, stdout, stderr) =>
        resolve({ code: error ? (error.code ?? error.signal ?? 1) : 0, output: `${stdout}${stderr}`.trim() }),
      );
    });
  }

  private async start(
    name: string,
    script: string,
    args: string[] = [],
    over: Record<string, string> = {},
  ): Promise<RunningProcess> {
    if (this.stopping.signal.aborted) throw new Error(`${name} is not started: everything is stopping`);
    const logFile = new LogFile(join(this.folder, `${name}.log`));
    this.logs.push(logFile);
    const env = { ...this.variables, ...over };
    let pid = 0;
    const spawned = (its: number) => void this.starting.add((pid = its));
    try {
      const child = await startNodeChild({ name, script: join(dist, script), args, env, logFile, spawned });
      this.started.push({ name, process: child });
      return child;
    } finally {
      this.starting.delete(pid);
    }
  }
}
