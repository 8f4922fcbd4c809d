import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { running } from '../cli/embedded/spawn-server.js';
import { LogFile } from '../cli/lib/log-file.js';
import { readRuntime, type Runtime } from '../cli/lib/runtime-file.js';
import { connect } from '../db/client.js';
import { guard, unguard } from './spawned.js';

const PATIENCE_MS = 240_000;
const GRACE_MS = 20_000;
/** What `npm start` runs. */
const bootstrap = fileURLToPath(new URL('../../cli/bootstrap.mjs', import.meta.url));

/** Asks every 200 ms. @throws Error when there is no answer in time */
async function until<T>(what: string, ask: () => T | null | Promise<T | null>): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await delay(200)) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
  throw new Error(`${what}: not within ${PATIENCE_MS / 1_000} s`);
}

/** The first backfill is what the stack does before it comes to rest. */
async function untilBackfilled({ databaseUrl }: Runtime): Promise<void> {
  const database = connect(databaseUrl, { max: 1, name: 'barkeep-bench' });
  try {
    const ended = `select 1 from pipeline_runs where trigger = 'initial' and status <> 'running'`;
    await until('the first backfill', async () => ((await database.pool.query(ended)).rowCount ? true : null));
  } finally {
    await database.close();
  }
}

/**
 * `npm start` on the simulated exchange with a data folder of its own and free ports, for as long as `work` takes, which
 * begins after the first backfill.
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
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS']) Reflect.deleteProperty(env, name);
  const child = spawn(process.execPath, [bootstrap, 'start', '--sandbox'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  guard(child.pid!);
  logFile.follow(child);
  const stack = running(child, { clean: 'SIGTERM', quick: 'SIGKILL' });
  try {
    const died = stack.exited.then((how) => Promise.reject(new Error(`npm start: ${how}\n${logFile.takeErrors()}`)));
    const worked = (async () => {
      const runtime = await until('npm start', () => readRuntime(dataDir));
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
