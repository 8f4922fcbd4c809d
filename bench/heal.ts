import pino from 'pino';
import type pg from 'pg';
import type { PlannedRequest } from '../contracts/activities.js';
import { readEnv } from '../config/env.js';
import { ratesOf } from '../config/rates.js';
import { transformActivities } from '../activities/transform.js';
import { gapActivities } from '../activities/gaps.js';
import { planActivities } from '../activities/plan.js';
import { loadBatches } from '../db/repositories/load/batch-loader.js';
import type { Session } from '../domain/calendars/calendar.js';
import { DAY, SECOND } from '../domain/timeframe.js';
import { createProviders } from '../providers/index.js';
import type { Benchmark, Run } from './benchmark.js';
import { timed } from './measure.js';
import { newDatabase, withPostgres } from './servers.js';
import { RUN, storePayloads } from './stored-payloads.js';
import { addStocks, benchSymbols, latestSessions } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

const ASSETS = 7;
const SESSIONS = 19;
/** Sessions in one payload: a week, as Yahoo returns. */
const SESSIONS_PER_PAYLOAD = 5;
const HOLES = 5_000;
/** As many as a run loads at once: GROUP_SIZE of workflows/replay-sensitive.ts. */
const GROUP = 25;
const providers = createProviders({ YAHOO_BASE_URL: 'http://127.0.0.1:1' });

/** Transforms and loads payloads, as heal does. */
async function ingest(pool: pg.Pool, payloadIds: number[], replay: boolean): Promise<number> {
  const { transform } = transformActivities({ pool, providers, clockOffsetMs: 0 });
  let inserted = 0;
  for (let i = 0; i < payloadIds.length; i += GROUP) {
    const transformed = await transform({ run: RUN, payloadIds: payloadIds.slice(i, i + GROUP), replay });
    const batchIds = transformed.flatMap((item) => ('error' in item ? [] : [item.batchId!]));
    for (const batch of await loadBatches(pool, batchIds, RUN.runId)) inserted += batch.inserted;
  }
  return inserted;
}

async function fill(pool: pg.Pool, sessions: Session[]): Promise<void> {
  const assetIds = await addStocks(pool, ASSETS);
  for (let i = 0; i < sessions.length; i += SESSIONS_PER_PAYLOAD) {
    const week = sessions.slice(i, i + SESSIONS_PER_PAYLOAD);
    const bodies = benchSymbols(ASSETS).map((symbol, seed) => yahooBody(symbol, '1m', week, seed + 100 * i));
    await ingest(
      pool,
      await storePayloads(pool, { assetIds, sessions: week, bodies }, Date.now() - 60 * SECOND),
      false,
    );
  }
}

const makeHoles = (pool: pg.Pool) =>
  pool.query(
    `delete from bars b using (select asset_id, timeframe, time from bars order by random() limit $1) x
    where b.asset_id = x.asset_id and b.timeframe = x.timeframe and b.time = x.time`,
    [HOLES],
  );

async function measureRun(pool: pg.Pool): Promise<Run> {
  const gaps = gapActivities({ pool, clockOffsetMs: 0 });
  const { planReplay, planHeal } = planActivities({
    pool,
    clockOffsetMs: 0,
    rates: ratesOf(readEnv({})),
    logger: pino({ level: 'silent' }),
  });
  const scope = { timeframes: ['1m' as const] };
  await makeHoles(pool);
  const stored = await timed(async () => {
    await gaps.classifyGaps();
    const payloads = await planReplay(scope);
    return ingest(
      pool,
      payloads.map(({ payloadId }) => payloadId),
      true,
    );
  });
  if (stored.result !== HOLES) throw new Error(`${stored.result} bars were restored, not ${HOLES}`);

  await makeHoles(pool);
  await pool.query('update raw_payloads set body = null');
  const plan = await timed(async () => {
    await gaps.classifyGaps();
    await planReplay(scope);
    return planHeal({ ...scope, limit: HOLES, impatient: false });
  });
  const { requests } = plan.result;
  if (!inOneWeekOnce(requests)) throw new Error('an asset is requested more than once in a window of seven days');
  return [
    { name: `${HOLES} holes filled from stored payloads`, value: stored.ms, unit: 'ms', note: 'no request' },
    { name: 'plan without stored payloads', value: plan.ms, unit: 'ms' },
    {
      name: 'requests planned for them',
      value: requests.length,
      unit: 'requests',
      note: `${ASSETS} assets, ${SESSIONS} sessions: at most ${ASSETS * Math.ceil((SESSIONS * 7) / 5 / 7)}`,
    },
  ];
}

/** Whether the windows of each asset overlap only in the bars requested twice on purpose, and none is wider than a week. */
function inOneWeekOnce(requests: PlannedRequest[]): boolean {
  const windows = requests.flatMap((request) => (request.kind === 'bars' ? [request] : []));
  return [...Map.groupBy(windows, (request) => request.assetId).values()].every((ofAsset) => {
    const span = Math.max(...ofAsset.map((r) => r.window.to)) - Math.min(...ofAsset.map((r) => r.window.from));
    return (
      ofAsset.length <= Math.ceil(span / (7 * DAY)) && ofAsset.every((r) => r.window.to - r.window.from <= 7 * DAY)
    );
  });
}

export const healBenchmark: Benchmark = {
  name: 'heal',
  description:
    `${HOLES} bars deleted by SQL at random from ${ASSETS} stocks × ${SESSIONS} sessions of 1m bars: counted again, found in stored ` +
    'payloads and loaded. Then the same without the payloads: planning the requests to the provider. Runs the activities of ' +
    'a heal on their own PostgreSQL, without Temporal.',
  measure: ({ runs, folder }) =>
    withPostgres(folder, async (server) => {
      const sessions = latestSessions(SESSIONS, Date.now());
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) {
        const database = await newDatabase(server, `heal_${run}`);
        try {
          await fill(database.pool, sessions);
          results.push(await measureRun(database.pool));
        } finally {
          await database.close();
        }
      }
      return results;
    }),
};
