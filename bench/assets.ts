import { setTimeout as sleep } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { PIPELINES } from '../config/catalog/schedules.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { liveFreshness } from '../domain/planning/live-budget.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { planHeal, planReplay } from '../planning/heal.js';
import { planLive } from '../planning/live.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { timed } from './measure.js';
import { addStocksOf, type PipelineScene, withPipelineScene, workerEnv, withClient } from './pipeline-scene.js';
import { canReadProc, peakMemoryMiB } from './process-usage.js';
import { newDatabase } from './servers.js';
import { ratesOf } from '../config/rates.js';
import { readEnv } from '../config/env.js';

const COUNTS = [500, 2_000, 10_000];
const LIFTED = 100_000;
/** Bars that each stock has at the provider, and how many of them are over. */
const BARS = 60;
const CLOSED_BARS = 30;
const KIB = 1024;

const SLOW = { assets: 800, requestsPerSecond: 8 };
const SCHEDULE = SCHEDULES.stocks_1min;

const NEW = 1_000;

/** What one run left in Temporal, with its pages. */
interface Footprint {
  events: number;
  longestHistory: number;
  largestPayload: number;
}

async function footprintOf(client: Client, workflowId: string): Promise<Footprint> {
  const ids = [workflowId];
  for await (const { workflowId: id } of client.workflow.list({ query: `WorkflowType = '${WORKFLOWS.page}'` }))
    if (id.startsWith(`${workflowId}/`)) ids.push(id);
  const total: Footprint = { events: 0, longestHistory: 0, largestPayload: 0 };
  for (const id of ids) {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    total.events += events!.length;
    total.longestHistory = Math.max(total.longestHistory, events!.length);
    for (const event of events!) {
      const payloads = [
        event.workflowExecutionStartedEventAttributes?.input,
        event.workflowExecutionCompletedEventAttributes?.result,
        event.activityTaskScheduledEventAttributes?.input,
        event.activityTaskCompletedEventAttributes?.result,
      ].flatMap((some) => some?.payloads ?? []);
      for (const { data } of payloads) total.largestPayload = Math.max(total.largestPayload, data?.length ?? 0);
    }
  }
  return total;
}

/** Starts a run as a person does, which has time for all assets. */
async function measureOneRun(scene: PipelineScene, client: Client, name: string, assets: number): Promise<Figure[]> {
  const database = await newDatabase(scene.postgres, name);
  try {
    await addStocksOf(scene, database.pool, assets);
    const now = scene.session.open + CLOSED_BARS * MINUTE;
    const env = workerEnv(scene, { databaseUrl: database.url, requestsPerSecond: LIFTED, now });
    return await withChild(scene.folder, 'worker', '../worker/main.js', { env }, async (worker) => {
      const options = { workflowId: name, taskQueue: PIPELINE_QUEUE, args: [{ pipeline: 'stocks_1min' }] };
      const { ms } = await timed(() => client.workflow.execute(WORKFLOWS.stocks, options));
      const { rows } = await database.pool.query<{ ok: number; why: string }>(
        'select assets_ok as ok, error_message as why from pipeline_runs where workflow_id = $1',
        [name],
      );
      if (rows[0]?.ok !== assets) throw new Error(`${rows[0]?.ok} of ${assets} assets were loaded: ${rows[0]?.why}`);
      const { events, longestHistory, largestPayload } = await footprintOf(client, name);
      const of = `${assets.toLocaleString('en')} assets`;
      return [
        { name: `${of} in one run`, value: ms / SECOND, unit: 's' },
        ...(canReadProc
          ? [{ name: `${of}: peak memory of the worker`, value: peakMemoryMiB(worker.pid), unit: 'MiB' }]
          : []),
        { name: `${of}: events per asset`, value: events / assets, unit: 'events' },
        { name: `${of}: longest history`, value: longestHistory, unit: 'events' },
        { name: `${of}: largest payload`, value: largestPayload / KIB, unit: 'KiB' },
      ];
    });
  } finally {
    await database.close();
  }
}

/** Lets the schedule start a run every minute, with more assets than the provider serves in a minute. */
async function measureSlowProvider(
  scene: PipelineScene,
  client: Client,
  name: string,
  minutes: number,
): Promise<Figure[]> {
  const { assets, requestsPerSecond } = SLOW;
  const database = await newDatabase(scene.postgres, name);
  try {
    await addStocksOf(scene, database.pool, assets);
    const now = scene.session.open + CLOSED_BARS * MINUTE;
    const env = workerEnv(scene, { databaseUrl: database.url, requestsPerSecond, now });
    return await withChild(scene.folder, 'worker', '../worker/main.js', { env }, async () => {
      let mostOpen = 0;
      const since = Math.ceil(Date.now() / MINUTE) * MINUTE;
      await client.schedule.getHandle(SCHEDULE).unpause();
      while (Date.now() < since + minutes * MINUTE) {
        mostOpen = Math.max(mostOpen, await openRuns(database.pool));
        await sleep(SECOND);
      }
      await client.schedule.getHandle(SCHEDULE).pause();
      return [
        ...(await fairness(database.pool, since, minutes)),
        { name: 'runs open at once', value: mostOpen, unit: 'runs' },
      ];
    });
  } finally {
    await database.close();
  }
}

async function openRuns(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ open: number }>(
    `select count(*)::int as open from pipeline_runs where status = 'running'`,
  );
  return rows[0]!.open;
}

async function fairness(pool: Pool, since: number, minutes: number): Promise<Figure[]> {
  const { rows } = await pool.query<{ requests: number; stalest: number; skipped: number }>(
    `with times as (
        select a.id, p.fetched_at as at from assets a left join raw_payloads p on p.asset_id = a.id
        union all select id, $1::timestamptz from assets
        union all select id, $1::timestamptz + $2 * interval '1 minute' from assets),
      gaps as (select id, at - lag(at) over (partition by id order by at) as gap from times where at is not null)
      select (count(*) - 2)::int as requests, extract(epoch from max(gap))::float8 as stalest,
        (select count(*) from pipeline_runs where status = 'skipped')::int as skipped
      from gaps group by id`,
    [new Date(since), minutes],
  );
  const counts = rows.map(({ requests }) => requests);
  const { assets, requestsPerSecond } = SLOW;
  const { withinMs } = liveFreshness(assets, { requestsPerSecond, intervalMs: PIPELINES.stocks_1min.gridMs });
  const of = `${assets} assets at ${requestsPerSecond} requests/s for ${minutes} minutes`;
  return [
    { name: `${of}: requests per asset, fewest`, value: Math.min(...counts), unit: 'requests' },
    { name: `${of}: requests per asset, most`, value: Math.max(...counts), unit: 'requests' },
    {
      name: `${of}: longest time without a request for an asset`,
      value: Math.max(...rows.map(({ stalest }) => stalest)),
      unit: 's',
      note: `N ÷ R + one interval: ${withinMs / SECOND} s`,
    },
    { name: `${of}: fires that found a run under way`, value: rows[0]!.skipped, unit: 'runs' },
  ];
}

/** The longest time for which the event loop was blocked while plans were made for new assets. */
async function measurePlans(scene: PipelineScene, name: string): Promise<Figure[]> {
  const database = await newDatabase(scene.postgres, name);
  const { pool } = database;
  try {
    await addStocksOf(scene, pool, NEW);
    await pool.query('delete from series');
    const now = scene.session.open + CLOSED_BARS * MINUTE;
    const clockOffsetMs = now - Date.now();
    const rates = { ...ratesOf(readEnv({})), yahoo: LIFTED };
    const input = { pipeline: 'stocks_1min' as const, trigger: 'manual' as const, nominalAt: now, asOf: now };
    const plans: [string, () => Promise<unknown>][] = [
      ['live run', () => planLive({ pool, clockOffsetMs, rates }, input)],
      ['heal', () => planHeal(pool, clockOffsetMs, { impatient: true })],
      ['stored payloads of a heal', () => planReplay(pool, clockOffsetMs, {})],
    ];
    const figures: Figure[] = [];
    for (const [what, plan] of plans) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const { ms } = await timed(plan);
      delay.disable();
      const of = `plan of ${NEW.toLocaleString('en')} new assets, ${what}`;
      figures.push(
        { name: of, value: ms, unit: 'ms' },
        { name: `${of}: longest block`, value: delay.max / 1e6, unit: 'ms' },
      );
    }
    return figures;
  } finally {
    await database.close();
  }
}

export const assetsBenchmark: Benchmark = {
  name: 'assets',
  description:
    `Many stocks in one live run with one worker that has just started, ${CLOSED_BARS} new minutes each, the provider a separate ` +
    'server without a rate limit: seconds, memory, and what is left in Temporal (run and pages together). Then ' +
    `${SLOW.assets} stocks at ${SLOW.requestsPerSecond} requests per second, with a run every minute. Then the plans for ${NEW.toLocaleString('en')} ` +
    'stocks of which nothing is known, in this process: how long they take, and how long they block the event loop.',
  measure: ({ runs, folder, minutes }) =>
    withPipelineScene({ folder, stocks: Math.max(...COUNTS, SLOW.assets), minutes: BARS }, (scene) =>
      withClient(scene, async (client) => {
        const results: Run[] = [];
        for (let run = 0; run < runs; run++) {
          const figures: Figure[] = [];
          for (const assets of COUNTS)
            figures.push(...(await measureOneRun(scene, client, `assets_${assets}_${run}`, assets)));
          figures.push(...(await measureSlowProvider(scene, client, `slow_${run}`, minutes)));
          figures.push(...(await measurePlans(scene, `plans_${run}`)));
          results.push(figures);
        }
        return results;
      }),
    ),
};
