import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { HOUR, SECOND } from '../domain/timeframe.js';
import { type LiveInput, WORKFLOWS } from '../contracts/workflows.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { plainTemporal } from '../contracts/temporal-config.js';
import { clientOptions } from '../contracts/temporal-connection.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { timed } from './measure.js';
import { addStocksOf, type PipelineScene, withPipelineScene, workerEnv } from './pipeline-scene.js';
import { canReadProc, cpuSeconds, familyOf, peakMemoryMiB } from './process-usage.js';
import { newDatabase } from './servers.js';

const SYMBOLS = 500;

/** No rate limit at all. */
const LIFTED = 100_000;

interface RunRow {
  status: string;
  inserted: number;
  unchanged: number;
  activities: number;
}

/** Starts the workflow as a user would, and waits until its row is closed. */
async function runOnce(client: Client, pool: Pool, workflowId: string): Promise<{ seconds: number; row: RunRow }> {
  const input: LiveInput = { pipeline: 'stocks_1min' };
  const { ms } = await timed(() =>
    client.workflow.execute(WORKFLOWS.stocks, { workflowId, taskQueue: PIPELINE_QUEUE, args: [input] }),
  );
  const { rows } = await pool.query<RunRow>(
    // the steps, plus the three activities that open, plan and close the run
    `select r.status, r.rows_inserted as inserted, r.rows_unchanged as unchanged,
      (select count(distinct s.activity_id) + 3 from pipeline_run_steps s where s.run_id = r.run_id)::int as activities
    from pipeline_runs r where r.workflow_id = $1`,
    [workflowId],
  );
  return { seconds: ms / SECOND, row: rows[0]! };
}

function check(row: RunRow, count: 'inserted' | 'unchanged'): void {
  if (row.status === 'succeeded' && row[count] === SYMBOLS * 390) return;
  throw new Error(`the run did not store what was expected: ${JSON.stringify(row)}`);
}

async function measureRun(scene: PipelineScene, n: number): Promise<Run> {
  const { postgres, temporal, session, folder } = scene;
  const database = await newDatabase(postgres, `end_to_end_${n}`);
  const connection = await Connection.connect(clientOptions(plainTemporal(temporal.address, 'default')));
  const client = new Client({ connection });
  try {
    const { pool } = database;
    await addStocksOf(scene, pool, SYMBOLS);
    // an hour after the session, so that the calendar expects exactly its 390 bars
    const now = session.close + HOUR;
    const env = workerEnv(scene, { databaseUrl: database.url, requestsPerSecond: LIFTED, now });
    return await withChild(folder, 'worker', '../worker/main.js', { env }, async (worker) => {
      const cpu = () =>
        Object.entries({ worker: worker.pid, Temporal: temporal.pid, PostgreSQL: postgres.pid }).map(
          ([name, pid]) => [name, cpuSeconds(familyOf(pid))] as const,
        );
      const before = canReadProc ? cpu() : [];
      const fresh = await runOnce(client, pool, `fresh-${n}`);
      const after = canReadProc ? cpu() : [];
      check(fresh.row, 'inserted');
      const again = await runOnce(client, pool, `again-${n}`);
      check(again.row, 'unchanged');
      const used = after.map(([name, seconds], i): Figure => ({
        name: `CPU of ${name}, all rows new`,
        value: seconds - before[i]![1],
        unit: 's',
      }));
      return [
        { name: 'all rows new', value: fresh.seconds, unit: 's' },
        { name: 'all rows new', value: fresh.row.activities / fresh.seconds, unit: 'activities/s' },
        { name: 'all rows known', value: again.seconds, unit: 's' },
        ...used,
        ...(canReadProc ? [{ name: 'peak memory of the worker', value: peakMemoryMiB(worker.pid), unit: 'MiB' }] : []),
      ];
    });
  } finally {
    await connection.close();
    await database.close();
  }
}

export const endToEndBenchmark: Benchmark = {
  name: 'end-to-end',
  description:
    `${SYMBOLS} stocks × 390 minutes in one run of StocksWorkflow through Temporal, with one worker process that has just ` +
    'started: from the start of the workflow until its row in pipeline_runs is closed. The provider is a separate server ' +
    'that serves payloads from memory, without a rate limit; everything else is as in `npm start`. Then the same run again.',
  measure: ({ runs, folder }) =>
    withPipelineScene({ folder, stocks: SYMBOLS }, async (scene) => {
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) results.push(await measureRun(scene, run));
      return results;
    }),
};
