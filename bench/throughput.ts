import { setTimeout as delay } from 'node:timers/promises';
import { type Client, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Pool } from 'pg';
import type { RunningProcess } from '../cli/embedded/service.js';
import { PIPELINES } from '../config/catalog/schedules.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { HOUR, MINUTE, SECOND } from '../domain/timeframe.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import {
  addStocksOf,
  type PipelineScene,
  type Servers,
  withClient,
  withProviders,
  workerEnv,
} from './pipeline-scene.js';
import { canReadProc, cpuSeconds, familyOf } from './process-usage.js';
import { newDatabase, withPostgres, withTemporal } from './servers.js';

const PIPELINE = 'stocks_1min';
const { gridMs } = PIPELINES[PIPELINE];
const STOCKS = 7;
const RUNS = 150;
/** Numbers of worker processes that share the runs. */
const WORKERS = [1, 2, 4];
/** No rate limit at all. */
const LIFTED = 100_000;
/** Of the market clock, after the session whose minutes are fetched. */
const AFTER_CLOSE_MS = HOUR;
const POLL_MS = SECOND / 4;
const LIMIT_MS = 10 * MINUTE;

/** Starts workers while `work` runs. */
const withWorkers = <T>(
  { folder }: PipelineScene,
  env: Record<string, string>,
  count: number,
  work: (workers: RunningProcess[]) => Promise<T>,
): Promise<T> => {
  const more = (workers: RunningProcess[]): Promise<T> =>
    workers.length === count
      ? work(workers)
      : withChild(folder, `worker-${workers.length + 1}`, '../worker/main.js', { env }, (worker) =>
          more([...workers, worker]),
        );
  return more([]);
};

/**
 * Starts a run for each of the last minutes of the session at once, as `temporal schedule backfill` does, and waits until
 * all have ended.
 * @returns seconds
 * @throws Error unless all succeed
 */
async function secondsOfRuns(client: Client, pool: Pool): Promise<number> {
  const since = performance.now();
  const end = Date.now() - AFTER_CLOSE_MS;
  await client.schedule.getHandle(SCHEDULES[PIPELINE]).backfill({
    start: new Date(end - RUNS * gridMs),
    end: new Date(end - 1),
    overlap: ScheduleOverlapPolicy.ALLOW_ALL,
  });
  for (; performance.now() < since + LIMIT_MS; await delay(POLL_MS)) {
    const { rows } = await pool.query<{ succeeded: number; failed: number; why: string | null }>(
      `select count(*) filter (where status = 'succeeded')::int as succeeded,
        count(*) filter (where status not in ('succeeded', 'running'))::int as failed, max(error_message) as why
      from pipeline_runs where pipeline = $1 and trigger = 'backfill'`,
      [PIPELINE],
    );
    const { succeeded, failed, why } = rows[0]!;
    if (failed > 0) throw new Error(`${failed} of ${RUNS} runs did not succeed: ${why}`);
    if (succeeded === RUNS) return (performance.now() - since) / SECOND;
  }
  throw new Error(`${RUNS} runs did not end in ${LIMIT_MS / MINUTE} minutes`);
}

/** Runs a minute with so many workers on an empty database, and the cores that were in use. */
async function measureWorkers(scene: PipelineScene, client: Client, name: string, count: number): Promise<Figure[]> {
  const { postgres, temporal, session } = scene;
  const database = await newDatabase(postgres, name);
  try {
    await addStocksOf(scene, database.pool, STOCKS);
    const env = workerEnv(scene, {
      databaseUrl: database.url,
      requestsPerSecond: LIFTED,
      now: session.close + AFTER_CLOSE_MS,
    });
    return await withWorkers(scene, env, count, async (workers) => {
      const families = { workers, Temporal: [temporal], PostgreSQL: [postgres] };
      const cpu = () =>
        Object.entries(families).map(([of, processes]) => ({
          of,
          seconds: cpuSeconds(processes.flatMap(({ pid }) => familyOf(pid))),
        }));
      const before = canReadProc ? cpu() : [];
      const seconds = await secondsOfRuns(client, database.pool);
      const cores = (canReadProc ? cpu() : []).map((now, i) => ({
        of: now.of,
        value: (now.seconds - before[i]!.seconds) / seconds,
      }));
      const of = count === 1 ? '1 worker' : `${count} workers`;
      return [
        { name: of, value: (RUNS * MINUTE) / SECOND / seconds, unit: 'runs/min' },
        ...(canReadProc
          ? [
              {
                name: `${of}: cores in use`,
                value: cores.reduce((sum, { value }) => sum + value, 0),
                unit: 'cores',
                note: cores.map((each) => `${each.of} ${each.value.toFixed(2)}`).join(', '),
              },
            ]
          : []),
      ];
    });
  } finally {
    await database.close();
  }
}

/**
 * Runs a minute with one, two and four workers.
 * @param name of the databases, which must be new
 */
export const measureThroughput = (servers: Servers, name: string): Promise<Run> =>
  withProviders(servers, { stocks: STOCKS }, (scene) =>
    withClient(scene, async (client) => {
      const figures: Figure[] = [];
      for (const count of WORKERS) figures.push(...(await measureWorkers(scene, client, `${name}_${count}`, count)));
      return figures;
    }),
  );

export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  description:
    `Runs of StocksWorkflow a minute, ${STOCKS} stocks each, with one, two and four worker processes: \`temporal schedule ` +
    `backfill\` of ${RUNS} minutes with AllowAll, whose runs all start at once. The provider is a separate server without a ` +
    'rate limit. *Cores in use* tells whether the machine is the limit. `npm run test:cluster` measures the same on a ' +
    'Temporal server on PostgreSQL.',
  measure: ({ runs, folder }) =>
    withPostgres(folder, (postgres) =>
      withTemporal(folder, async (temporal) => {
        const results: Run[] = [];
        for (let run = 0; run < runs; run++)
          results.push(await measureThroughput({ folder, postgres, temporal }, `throughput_${run}`));
        return results;
      }),
    ),
};
