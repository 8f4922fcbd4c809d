import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { RunningProcess } from '../cli/embedded/service.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { type LiveInput, WORKFLOWS } from '../contracts/workflows.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { timed } from './measure.js';
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
import { benchSymbols } from './stocks.js';

const STOCKS_PER_RUN = 7;
/** Each run is about one of this many groups of stocks, so that few runs wait for each other's. */
const GROUPS = 20;
const STOCKS = GROUPS * STOCKS_PER_RUN;
const RUNS = 200;
/** Numbers of worker processes that share the runs. */
const WORKERS = [1, 2, 4];
/** No rate limit at all. */
const LIFTED = 100_000;
/** Bars that each stock has at the provider. */
const BARS = 30;

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
 * Starts runs at once, as people do, and waits until all have ended.
 * @returns seconds
 * @throws Error unless each loads all of its stocks
 */
async function secondsOfRuns(client: Client, pool: Pool, name: string, runs: number): Promise<number> {
  const symbolsOf = (group: number) => benchSymbols(STOCKS).slice(group * STOCKS_PER_RUN, (group + 1) * STOCKS_PER_RUN);
  const { ms } = await timed(() =>
    Promise.all(
      Array.from({ length: runs }, (_, n) => {
        const args: [LiveInput] = [{ pipeline: 'stocks_1min', symbols: symbolsOf(n % GROUPS) }];
        const options = { workflowId: `${name}-${n}`, taskQueue: PIPELINE_QUEUE, args };
        return client.workflow.execute(WORKFLOWS.stocks, options);
      }),
    ),
  );
  const { rows } = await pool.query<{ complete: number }>(
    `select count(*)::int as complete from pipeline_runs
    where workflow_id like $1 || '-%' and status = 'succeeded' and assets_ok = $2`,
    [name, STOCKS_PER_RUN],
  );
  if (rows[0]!.complete !== runs) throw new Error(`${rows[0]!.complete} of ${runs} runs loaded all of their stocks`);
  return ms / SECOND;
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
      now: session.open + BARS * MINUTE,
    });
    return await withWorkers(scene, env, count, async (workers) => {
      const families = { workers, Temporal: [temporal], PostgreSQL: [postgres] };
      const cpu = () =>
        Object.entries(families).map(([of, processes]) => ({
          of,
          seconds: cpuSeconds(processes.flatMap(({ pid }) => familyOf(pid))),
        }));
      await secondsOfRuns(client, database.pool, `${name}-first`, GROUPS);
      const before = canReadProc ? cpu() : [];
      const seconds = await secondsOfRuns(client, database.pool, `${name}-then`, RUNS);
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
  withProviders(servers, { stocks: STOCKS, minutes: BARS }, (scene) =>
    withClient(scene, async (client) => {
      const figures: Figure[] = [];
      for (const count of WORKERS) figures.push(...(await measureWorkers(scene, client, `${name}_${count}`, count)));
      return figures;
    }),
  );

export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  description:
    `${RUNS} runs of StocksWorkflow, started at once, each of ${STOCKS_PER_RUN} of ${STOCKS} stocks whose bars are stored: runs ` +
    `a minute with ${WORKERS.join(', ')} worker processes on this machine. The provider is a separate server without a rate ` +
    'limit. *Cores in use* tells whether the machine is the limit. `npm run test:cluster` measures the same on a Temporal ' +
    'server on PostgreSQL.',
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
