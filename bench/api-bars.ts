import type pg from 'pg';
import { midnightOf } from '../domain/calendars/dates.js';
import { MINUTE } from '../domain/timeframe.js';
import { RUN } from './stored-payloads.js';
import { addStocks, latestSessions } from './stocks.js';

export const ASSETS = 500;
/** Together with the days: 10,000 bars per stock. */
const MINUTE_SESSIONS = 24;
const DAYS = 640;

/** Stores stocks with 10,000 bars each, and everything else that a load writes: series, coverage, quotes, the log of changes. */
export async function storeApiBars(pool: pg.Pool, now: number, stocks = ASSETS): Promise<void> {
  const assetIds = await addStocks(pool, stocks);
  const days = latestSessions(DAYS, now);
  const minutes = days.slice(-MINUTE_SESSIONS);
  const barTimes = [
    ...minutes.flatMap(({ date, open, close }) =>
      Array.from({ length: (close - open) / MINUTE }, (_, i) => ({ timeframe: '1m', date, time: open + i * MINUTE })),
    ),
    ...days.map(({ date }) => ({ timeframe: '1d', date, time: midnightOf(date) })),
  ];
  const client = await pool.connect();
  try {
    // as a load does: skips the triggers of each statement
    await client.query(`begin; set local barkeep.load = 'on'`);
    await client.query(BAR_TIMES, [
      barTimes.map(({ timeframe }) => timeframe),
      barTimes.map(({ date }) => date),
      barTimes.map(({ time }) => new Date(time)),
    ]);
    for (const assetId of assetIds) await client.query(BARS, [assetId, RUN.runId]);
    for (const statement of RELATED_ROWS) await client.query(statement);
    await client.query(COVERAGE, [
      minutes.map(({ date }) => date),
      minutes.map(({ open, close }) => (close - open) / MINUTE),
    ]);
    await client.query('commit');
  } finally {
    client.release();
  }
  await pool.query('vacuum analyze');
}

/** The times of the bars, with the prices and averages that all stocks share, except for their level. */
const BAR_TIMES = `
  create temp table bar_times on commit drop as
  with numbered as (
    select *, row_number() over (partition by timeframe order by time) as n
    from unnest($1::text[]::timeframe[], $2::date[], $3::timestamptz[]) as given(timeframe, session, time)),
  priced as (select *, 100 + round(1000 * sin(n / 300.0) + 200 * sin(n)) / 100 as close from numbered)
  select *, lag(close, 1, close) over before as open,
    case when n >= 20 then avg(close) over (before rows 19 preceding) end as sma_20,
    case when n >= 50 then avg(close) over (before rows 49 preceding) end as sma_50
  from priced window before as (partition by timeframe order by time) order by timeframe, time`;

const BARS = `
  insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
    payload_id, run_id, fetched_at, recorded_at)
  select $1, timeframe, time, session, p.open, greatest(p.open, p.close), least(p.open, p.close), p.close, 1000 + n * 7919 % 1000000,
    sma_20 + $1, sma_50 + $1, p.close / p.open - 1, p.close / p.open - 1, 1, $2, now(), now()
  from bar_times s cross join lateral (
    select round((s.open + $1) * 100) / 100 as open, round((s.close + $1) * 100) / 100 as close) p`;

const RELATED_ROWS = [
  `insert into series (asset_id, timeframe, first_bar, begins_at, newest_fetch)
  select a.id, s.timeframe, min(s.time), min(s.time), now() from assets a cross join bar_times s group by 1, 2`,
  `insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
  select a.id, s.timeframe, min(s.time), max(s.time), count(*), 0, now() from assets a cross join bar_times s group by 1, 2`,
  `insert into quotes (asset_id, price, currency, time, fetched_at, payload_id)
  select id, 100 + id / 100.0, 'USD', now(), now(), 1 from assets`,
];

const COVERAGE = `
  insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
    verified_at, updated_at)
  select a.id, '1m', s.date, n, ones, ones, ~ones, ~ones, ~ones, now(), now()
  from assets a cross join unnest($1::date[], $2::int[]) s(date, n)
  cross join lateral (select repeat('1', n)::varbit as ones) b`;
