import type pg from 'pg';
import { summariseCoverage } from '../db/repositories/coverage/coverage-states.js';
import { calendarOf, type Session } from '../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../domain/timeframe.js';
import type { Benchmark, Run } from './benchmark.js';
import { median, timed } from './measure.js';
import { withDatabase } from './servers.js';
import { addStocks } from './stocks.js';

const ASSETS = 500;
const SESSIONS = 250;
/** One session in this many lacks a bar. */
const GAP_EVERY = 50;
const REPEATS = 7;

/** One row per stock and session; every minute is stored, except for the gaps. */
async function fillCoverage(pool: pg.Pool, sessions: readonly Session[]): Promise<void> {
  const assetIds = await addStocks(pool, ASSETS);
  await pool.query(`insert into series (asset_id, timeframe, first_bar) select unnest($1::int[]), '1m', $2`, [
    assetIds,
    new Date(sessions[0]!.open),
  ]);
  await pool.query(
    `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
      verified_at, updated_at)
    select a, '1m', s.date, n, case when (a + s.i) % $4 = 0 then set_bit(ones, 100, 0) else ones end, ones, ~ones, ~ones, ~ones, now(), now()
    from unnest($1::int[]) a cross join unnest($2::date[], $3::int[]) with ordinality s(date, n, i)
    cross join lateral (select repeat('1', n)::varbit as ones) b
    order by s.i, a`,
    [assetIds, sessions.map(({ date }) => date), sessions.map(({ open, close }) => (close - open) / MINUTE), GAP_EVERY],
  );
  await pool.query('vacuum analyze');
}

/** The minimum that the server needs to add up the same counts: no calendar, no reach, no reasons. */
const PEER = `select asset_id, sum(expected), sum(filled), sum(empty), sum(pending) from coverage where timeframe = '1m' group by asset_id`;

async function measureRun(pool: pg.Pool, now: number): Promise<Run> {
  const own: number[] = [];
  const peer: number[] = [];
  for (let i = 0; i <= REPEATS; i++) {
    const { ms, result } = await timed(() => summariseCoverage(pool, now, { timeframes: ['1m'] }));
    const { ms: peerMs } = await timed(() => pool.query(PEER));
    const missing = result.reduce((sum, { pending, unobtainable }) => sum + pending + unobtainable, 0);
    if (missing !== (ASSETS * SESSIONS) / GAP_EVERY)
      throw new Error(`${missing} bars are missing, which is not what was stored`);
    if (i === 0) continue; // the first pass warms the caches
    own.push(ms);
    peer.push(peerMs);
  }
  const [value, limit] = [median(own), median(peer)];
  return [
    { name: 'summary of all series', value, unit: 'ms', note: `${(value / limit).toFixed(1)} times the peer` },
    { name: 'peer: GROUP BY over the counts', value: limit, unit: 'ms' },
  ];
}

export const coverageBenchmark: Benchmark = {
  name: 'coverage',
  description:
    `Coverage summary of ${ASSETS} stocks × ${SESSIONS} sessions of 1m bars, one session in ${GAP_EVERY} with a gap, on its own PostgreSQL, ` +
    `one connection: every expected bar by state and reason, as in /api/coverage and npm run doctor. Median of ${REPEATS} per run. The peer ` +
    'adds up the counts in the table, without regard to calendars, reach, the first bar or reasons.',
  measure: ({ runs, folder }) =>
    withDatabase(folder, 'coverage', async (database) => {
      const sessions = calendarOf('XNYS')
        .sessionsBetween(Date.now() - 2 * SESSIONS * DAY, Date.now() - DAY)
        .slice(-SESSIONS);
      await fillCoverage(database.pool, sessions);
      const now = sessions.at(-1)!.close + HOUR;
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) results.push(await measureRun(database.pool, now));
      return results;
    }),
};
