import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Runtime } from '../cli/lib/runtime-file.js';
import { demoOffset } from '../cli/start/options.js';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { PIPELINES } from '../config/catalog/schedules.js';
import { PROVIDERS } from '../config/catalog/providers.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { plainTemporal } from '../contracts/temporal-config.js';
import { clientOptions } from '../contracts/temporal-connection.js';
import { connect } from '../db/client.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { progressLines } from './progress-lines.js';
import { withStack } from './running-stack.js';

const PIPELINE = 'stocks_1min';
const { gridMs, offsetMs, provider, timeframes } = PIPELINES[PIPELINE];
const { settleMs } = PROVIDERS[provider].stored[timeframes[0]]!;
/** Runs of the backfill: a fire each. */
const RUNS = 500;
/** A younger fire would be a live run. */
const AGE_MS = 15 * MINUTE;
const POLL_MS = SECOND;
/** After this, the benchmark ends with what was measured by then. */
const LIMIT_MS = 15 * MINUTE;
const PROGRESS_MS = 15 * SECOND;

/** Live runs that a schedule started in a period, and the bars that became final in it. */
async function figuresOf(pool: Pool, clockOffsetS: number, from: number, until: number, when: string): Promise<Run> {
  const { rows: runs } = await pool.query<{ status: string; ms: number }>(
    `select status, duration_ms as ms from pipeline_runs
    where pipeline = $1 and trigger = 'schedule' and scheduled_at >= $2 and scheduled_at < $3`,
    [PIPELINE, new Date(from), new Date(until)],
  );
  const fires = Math.floor((until - 1 - offsetMs) / gridMs) - Math.floor((from - 1 - offsetMs) / gridMs);
  const done = runs.filter(({ status }) => status === 'succeeded' || status === 'partial');
  const { rows: late } = await pool.query<{ median: number | null; most: number }>(
    `select percentile_disc(0.5) within group (order by s) as median, max(s) as most from (
      select extract(epoch from first - final)::float8 as s
      from (select distinct on (b.asset_id, b.time) v.recorded_at as first,
          b.time + ($1 + x.delay_ms - $2) * interval '1 ms' as final
        from bars b join assets a on a.id = b.asset_id
        join unnest($3::text[], $4::float8[]) x (exchange, delay_ms) using (exchange),
        lateral (select b.recorded_at union all select recorded_at from bar_revisions r
          where (r.asset_id, r.timeframe, r.time) = (b.asset_id, b.timeframe, b.time)) v
        where b.timeframe = $5 and a.provider = $6 order by b.asset_id, b.time, v.recorded_at) t
      where final >= $7 and final < $8) t`,
    [
      ...[MINUTE + settleMs, clockOffsetS * SECOND],
      ...[Object.keys(EXCHANGES), Object.values(EXCHANGES).map(({ delayMs }) => delayMs)],
      ...[timeframes[0], provider, new Date(from), new Date(until)],
    ],
  );
  if (late[0]!.median === null) throw new Error(`${when}: no bar that became final was stored`);
  const ms = done.map((run) => run.ms).sort((a, b) => a - b);
  return [
    { name: `${when}: fires`, value: fires, unit: 'runs' },
    { name: `${when}: fires without a live run that stored bars`, value: fires - done.length, unit: 'runs' },
    { name: `${when}: a live run, median`, value: ms[Math.floor(ms.length / 2)]! / SECOND, unit: 's' },
    { name: `${when}: a live run, longest`, value: ms.at(-1)! / SECOND, unit: 's' },
    { name: `${when}: from final to stored, median`, value: late[0]!.median, unit: 's' },
    { name: `${when}: from final to stored, longest`, value: late[0]!.most, unit: 's' },
  ];
}

/** The beginning of the next minute, between two fires. */
const nextMinute = () => Math.ceil(Date.now() / gridMs) * gridMs;

async function measureQuiet(pool: Pool, clockOffsetS: number, minutes: number): Promise<Run> {
  const from = nextMinute();
  const until = from + minutes * MINUTE;
  await delay(until + gridMs - Date.now());
  return figuresOf(pool, clockOffsetS, from, until, 'quiet');
}

/**
 * `temporal schedule backfill` with AllowAll: all of its runs start at once.
 * @returns its figures, and whether all runs ended in time
 */
async function measureBeside(pool: Pool, client: Client, clockOffsetS: number): Promise<{ run: Run; isOver: boolean }> {
  const from = nextMinute();
  await delay(from - Date.now());
  const end = from - AGE_MS;
  await client.schedule.getHandle(SCHEDULES[PIPELINE]).backfill({
    start: new Date(end - RUNS * gridMs),
    end: new Date(end - 1),
    overlap: ScheduleOverlapPolicy.ALLOW_ALL,
  });
  let ended = 0;
  const progress = progressLines(PROGRESS_MS);
  for (; ended < RUNS && Date.now() < from + LIMIT_MS; await delay(POLL_MS)) {
    progress(`${ended} of ${RUNS} runs of the backfill have ended`);
    const { rows } = await pool.query<{ ended: number }>(
      `select count(*)::int as ended from pipeline_runs
      where pipeline = $1 and trigger = 'backfill' and status <> 'running' and started_at >= $2`,
      [PIPELINE, new Date(from)],
    );
    ended = rows[0]!.ended;
  }
  const seconds = (Date.now() - from) / SECOND;
  const until = nextMinute();
  await delay(until + gridMs - Date.now());
  const figures: Figure[] = [
    {
      name: `a backfill of ${RUNS} runs`,
      value: seconds,
      unit: 's',
      ...(ended < RUNS && { note: `only ${ended} runs ended in ${LIMIT_MS / MINUTE} minutes` }),
    },
    { name: `a backfill of ${RUNS} runs`, value: (ended * MINUTE) / SECOND / seconds, unit: 'runs/min' },
  ];
  return {
    run: [...(await figuresOf(pool, clockOffsetS, from, until, 'beside it')), ...figures],
    isOver: ended === RUNS,
  };
}

async function measureRuns(runtime: Runtime, clockOffsetS: number, runs: number, minutes: number): Promise<Run[]> {
  const { databaseUrl, temporalAddress, namespace } = runtime;
  const database = connect(databaseUrl, { max: 1, name: 'barkeep-bench' });
  const connection = await Connection.connect(clientOptions(plainTemporal(temporalAddress, namespace)));
  const client = new Client({ connection, namespace });
  try {
    const results: Run[] = [];
    for (let run = 0; run < runs; run++) {
      console.log(`  run ${run + 1} of ${runs}: live runs alone, for ${minutes} minutes …`);
      const quiet = await measureQuiet(database.pool, clockOffsetS, minutes);
      console.log(`  run ${run + 1} of ${runs}: beside a backfill, for at most ${LIMIT_MS / MINUTE} minutes …`);
      const beside = await measureBeside(database.pool, client, clockOffsetS);
      results.push([...quiet, ...beside.run]);
      // the rest of its runs would count as quiet
      if (!beside.isOver) break;
    }
    return results;
  } finally {
    await connection.close();
    await database.close();
  }
}

export const liveRunsBenchmark: Benchmark = {
  name: 'live-runs',
  description:
    `Live runs of the seven first stocks under \`npm start\` in sandbox mode, an hour into a New York session: alone, and beside ` +
    `\`temporal schedule backfill\` of ${RUNS} minutes with AllowAll, whose runs all start at once. A bar is final ${settleMs / SECOND} s after its ` +
    `end, 15 minutes later on exchanges in Europe; runs fire ${offsetMs / SECOND} s after each minute.`,
  measure({ runs, minutes, folder }) {
    const clockOffset = demoOffset(Date.now());
    return withStack(folder, { clockOffset }, (runtime) => measureRuns(runtime, clockOffset, runs, minutes));
  },
};
