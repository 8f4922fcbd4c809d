import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { running } from '../cli/embedded/spawn-server.js';
import { LogFile } from '../cli/log-file.js';
import { readRuntime, type Runtime } from '../cli/runtime-file.js';
import { connect } from '../db/client.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { canReadProc, cpuSeconds, familyOf, memoryMiB } from './process-usage.js';
import { guard, unguard } from './spawned.js';

const IDLE_SECONDS = 30;
const PATIENCE_MS = 240_000;
const GRACE_MS = 20_000;
const start = fileURLToPath(new URL('../cli/start.js', import.meta.url));

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

/** Memory and CPU of each part, PostgreSQL with a process a connection; what we start counts without what it started. */
async function measureParts({ pids }: Runtime): Promise<Figure[]> {
  const parts = Object.entries(pids).flatMap(([name, pid]): { name: string; members: number[] }[] =>
    pid === null ? [] : [{ name, members: name === 'postgres' ? familyOf(pid) : [pid] }],
  );
  const before = parts.map(({ members }) => cpuSeconds(members));
  await delay(IDLE_SECONDS * 1_000);
  const percent = parts.map(({ members }, i) => (100 * (cpuSeconds(members) - before[i]!)) / IDLE_SECONDS);
  const memory = parts.map(({ members }) => memoryMiB(members));
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return [
    { name: 'memory, whole stack', value: sum(memory), unit: 'MiB' },
    ...parts.map(({ name }, i) => ({ name: `memory, ${name}`, value: memory[i]!, unit: 'MiB' })),
    { name: 'idle CPU, whole stack', value: sum(percent), unit: '% of a core' },
    ...parts.map(({ name }, i) => ({ name: `idle CPU, ${name}`, value: percent[i]!, unit: '% of a core' })),
  ];
}

async function measureStack(folder: string, runs: number): Promise<Run[]> {
  const dataDir = join(folder, 'data');
  const logFile = new LogFile(join(folder, 'start.log'));
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: '0',
    METRICS_PORT: '0',
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
  };
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'MARKET_CLOCK_OFFSET']) Reflect.deleteProperty(env, name);
  const child = spawn(process.execPath, [start, '--sandbox'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  guard(child.pid!);
  logFile.follow(child);
  const stack = running(child, { clean: 'SIGTERM', quick: 'SIGKILL' });
  try {
    const died = stack.exited.then((how) => Promise.reject(new Error(`npm start: ${how}\n${logFile.takeErrors()}`)));
    const measured = (async () => {
      const runtime = await until('npm start', () => readRuntime(dataDir));
      await untilBackfilled(runtime);
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) results.push(await measureParts(runtime));
      return results;
    })();
    return await Promise.race([measured, died]);
  } finally {
    await stack.stop(GRACE_MS);
    unguard(stack.pid);
    logFile.close();
  }
}

export const stackBenchmark: Benchmark = {
  name: 'stack',
  description:
    '`npm start` in sandbox mode with the first assets, after the first backfill: memory (proportional share of each process, ' +
    `so that shared pages count once) and CPU over ${IDLE_SECONDS} s, schedules running; a run is such a stretch. Linux only.`,
  measure: ({ runs, folder }) => (canReadProc ? measureStack(folder, runs) : Promise.resolve([])),
};
