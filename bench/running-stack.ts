import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { running } from '../cli/embedded/spawn-server.js';
import { LogFile } from '../cli/lib/log-file.js';
import { readRuntime, type Runtime } from '../cli/lib/runtime-file.js';
import { connect } from '../db/client.js';
import { progressLines } from './progress-lines.js';
import { guard, unguard } from './spawned.js';

const START_MS = 600_000;
/** The first backfill asks all providers for their whole history, each at the rate that it allows. */
const BACKFILL_MS = 1_800_000;
const POLL_INTERVAL_MS = 200;
const PROGRESS_INTERVAL_MS = 30_000;
const GRACE_MS = 20_000;
/** The program behind `npm start`. */
const bootstrap = fileURLToPath(new URL('../../cli/bootstrap.mjs', import.meta.url));

/** Polls until `read` returns a value. @throws Error if it returns none in time */
async function until<T>(what: string, timeoutMs: number, read: () => T | null | Promise<T | null>): Promise<T> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await delay(POLL_INTERVAL_MS)) {
    const value = await read();
    if (value !== null) return value;
  }
  throw new Error(`timed out after ${timeoutMs / 1_000} s, waiting for ${what}`);
}

/** Waits for the end of the first backfill, after which the stack is idle. */
async function untilBackfilled({ databaseUrl }: Runtime): Promise<void> {
  const database = connect(databaseUrl, { max: 1, name: 'barkeep-bench' });
  try {
    const progress = progressLines(PROGRESS_INTERVAL_MS);
    await until('the first backfill', BACKFILL_MS, async () => {
      const { rows } = await database.pool.query<{ ended: boolean; requests: number }>(BACKFILL);
      progress(`the first backfill: ${rows[0]!.requests} requests`);
      return rows[0]!.ended || null;
    });
  } finally {
    await database.close();
  }
}

const BACKFILL = `select exists (select 1 from pipeline_runs where trigger = 'initial' and status <> 'running') as ended,
  (select count(*)::int from provider_calls) as requests`;

/**
 * Runs `npm start` on the simulated exchange, with a temporary data folder and free ports, while `work` runs. `work` starts
 * after the first backfill.
 * @param clockOffset MARKET_CLOCK_OFFSET, seconds
 */
export async function withStack<T>(
  folder: string,
  { clockOffset = 0 }: { clockOffset?: number },
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const dataDir = join(folder, 'data');
  const logFile = new LogFile(join(folder, 'start.log'));
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: '0',
    METRICS_PORT: '0',
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    MARKET_CLOCK_OFFSET: String(clockOffset),
  };
  for (const name of [
    'DATABASE_URL',
    'DATABASE_URL_FILE',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_PROFILE',
    'TEMPORAL_CONFIG_FILE',
  ])
    Reflect.deleteProperty(env, name);
  const child = spawn(process.execPath, [bootstrap, 'start', '--sandbox'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  guard(child.pid!);
  logFile.follow(child);
  const stack = running(child, { clean: 'SIGTERM', quick: 'SIGKILL' });
  try {
    const died = stack.exited.then((reason) =>
      Promise.reject(new Error(`npm start: ${reason}\n${logFile.takeErrors()}`)),
    );
    const worked = (async () => {
      const runtime = await until('npm start', START_MS, () => readRuntime(dataDir));
      await untilBackfilled(runtime);
      return work(runtime);
    })();
    return await Promise.race([worked, died]);
  } finally {
    await stack.stop(GRACE_MS);
    unguard(stack.pid);
    logFile.close();
  }
}
