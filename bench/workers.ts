import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { type LiveInput, WORKFLOWS } from '../contracts/workflows.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { timed } from './measure.js';
import { addStocksOf, type PipelineScene, withClient, withPipelineScene, workerEnv } from './pipeline-scene.js';
import { newDatabase } from './servers.js';

const WORKERS = [1, 2, 4];
/** Runs that are started at once. */
const RUNS = 200;
const ASSETS_PER_RUN = 7;
/** Each run is about one of this many groups of assets, so that few runs wait for each other's assets. */
const GROUPS = 20;
const CLOSED_BARS = 30;
/** No rate limit at all. */
const LIFTED = 100_000;

/** Starts worker processes while `work` runs. */
const withWorkers = <T>(
  folder: string,
  env: Record<string, string>,
  count: number,
  work: () => Promise<T>,
): Promise<T> =>
  count === 0
    ? work()
    : withChild(folder, `worker-${count}`, '../worker/main.js', { env }, () =>
        withWorkers(folder, env, count - 1, work),
      );

/** Starts runs at once, as people do, and waits until all have succeeded. @returns seconds */
async function runMany(client: Client, pool: Pool, name: string, runs: number): Promise<number> {
  const { rows } = await pool.query<{ symbol: string }>('select symbol from assets order by id');
  const symbolsOf = (n: number) => rows.slice(n * ASSETS_PER_RUN, (n + 1) * ASSETS_PER_RUN).map(({ symbol }) => symbol);
  const { ms } = await timed(() =>
    Promise.all(
      Array.from({ length: runs }, (_, n) => {
        const args: [LiveInput] = [{ pipeline: 'stocks_1min', symbols: symbolsOf(n % GROUPS) }];
        return client.workflow.execute(WORKFLOWS.stocks, {
          workflowId: `${name}-${n}`,
          taskQueue: PIPELINE_QUEUE,
          args,
        });
      }),
    ),
  );
  const { rows: done } = await pool.query<{ runs: number }>(
    `select count(*)::int as runs from pipeline_runs
    where workflow_id like $1 || '-%' and status = 'succeeded' and assets_ok = $2`,
    [name, ASSETS_PER_RUN],
  );
  if (done[0]?.runs !== runs) throw new Error(`${done[0]?.runs} of ${runs} runs loaded all of their assets`);
  return ms / SECOND;
}

async function measureWorkers(scene: PipelineScene, client: Client, run: number, workers: number): Promise<Figure> {
  const name = `workers_${run}_${workers}`;
  const database = await newDatabase(scene.postgres, name);
  try {
    await addStocksOf(scene, database.pool, GROUPS * ASSETS_PER_RUN);
    const now = scene.session.open + CLOSED_BARS * MINUTE;
    const env = workerEnv(scene, { databaseUrl: database.url, requestsPerSecond: LIFTED, now });
    return await withWorkers(scene.folder, env, workers, async () => {
      await runMany(client, database.pool, `${name}-first`, GROUPS);
      const seconds = await runMany(client, database.pool, `${name}-then`, RUNS);
      const label = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
      return { name: label, value: (RUNS * MINUTE) / SECOND / seconds, unit: 'runs/min' };
    });
  } finally {
    await database.close();
  }
}

export const workersBenchmark: Benchmark = {
  name: 'workers',
  description:
    `${RUNS} runs of StocksWorkflow, started at once, each of ${ASSETS_PER_RUN} of ${GROUPS * ASSETS_PER_RUN} stocks whose bars are stored: ` +
    `runs a minute with ${WORKERS.join(', ')} worker processes on this machine, where they share its cores with Temporal, ` +
    'PostgreSQL and the provider, a separate server without a rate limit.',
  measure: ({ runs, folder }) =>
    withPipelineScene({ folder, stocks: GROUPS * ASSETS_PER_RUN, minutes: CLOSED_BARS }, (scene) =>
      withClient(scene, async (client) => {
        const results: Run[] = [];
        for (let run = 0; run < runs; run++) {
          const figures: Figure[] = [];
          for (const workers of WORKERS) figures.push(await measureWorkers(scene, client, run, workers));
          results.push(figures);
        }
        return results;
      }),
    ),
};
