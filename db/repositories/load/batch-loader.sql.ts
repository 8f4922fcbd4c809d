import { CHANGES_CHANNEL } from '../read/bar-change-log.js';
import { KEEP_LATEST_QUOTE } from './quotes.js';

/** The statements of a load. All run in its one transaction. $1: the ids of the batches, unless stated otherwise. */

/**
 * Sets the instant at which all changes of this transaction count as visible. The clock is read once the series are locked,
 * so that versions of a bar follow each other without a gap, in the order of their commits.
 */
export const markInstant = `select set_config('barkeep.instant', clock_timestamp()::text, true)`;
export const INSTANT = `current_setting('barkeep.instant')::timestamptz`;

export const ensureSeries = `
  insert into series (asset_id, timeframe)
  select distinct asset_id, timeframe from batches where id = any($1::bigint[])
  order by asset_id, timeframe -- every writer in the same order: no deadlock
  on conflict do nothing`;

export const lockSeries = `
  select 1 from series
  where (asset_id, timeframe) in (select asset_id, timeframe from batches where id = any($1::bigint[]))
  order by asset_id, timeframe
  for update`;

export const selectBatches = `
  select b.id, b.asset_id as "assetId", b.timeframe, b.state, b.loaded_at is not null as "wasLoaded", a.exchange
  from batches b join assets a on a.id = b.asset_id
  where b.id = any($1::bigint[])
  order by b.asset_id, b.timeframe, b.fetched_at desc, b.sha256 desc, b.id desc`;

/** Batches of assets whose row in `assets` has become bad since they were transformed, and why. */
export const selectUnloadable = `
  select b.id::int as "batchId", b.asset_id as "assetId", b.timeframe, problem
  from batches b join assets a on a.id = b.asset_id cross join lateral asset_problem(a) problem
  where b.id = any($1::bigint[]) and problem is not null
  order by b.id`;

/**
 * Rows of the changed batches with the columns that the load adds. $1 batch ids; the columns from $4 on hold the rows of all
 * batches, those of one batch at $2…$3. The arrays are zipped, not joined: PostgreSQL cannot estimate unnested arrays and
 * would choose nested loops. They are unnested in the select list, which advances all of them row by row; in FROM each array
 * would become a table first.
 */
const zipped = (columns: [parameter: string, name: string][]) => `(
  select b.asset_id, b.timeframe, b.payload_id, b.fetched_at, b.loaded_at, unnest(b.times) as time, unnest(b.bar_sessions) as session,
    unnest(b.opens) as open, unnest(b.highs) as high, unnest(b.lows) as low, unnest(b.closes) as close,
    unnest(b.volumes) as volume,
    ${columns.map(([parameter, name]) => `unnest((${parameter})[x.first:x.last]) as ${name}`).join(', ')}
  from unnest($1::bigint[], $2::int[], $3::int[]) as x(id, first, last) join batches b on b.id = x.id) i`;

/** $4 whether the row replaces a stored one. */
export const keepRevisions = `
  insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at,
    open_payload_id, recorded_at, replaced_at, replaced_by_payload)
  select o.asset_id, o.timeframe, o.time, o.open, o.high, o.low, o.close, o.volume, o.payload_id, o.run_id, o.fetched_at,
    o.open_payload_id, o.recorded_at, ${INSTANT}, i.payload_id
  from ${zipped([['$4::bool[]', 'replaces']])}
  cross join lateral (
    select s.* from bars s where s.asset_id = i.asset_id and s.timeframe = i.timeframe and s.time = i.time limit 1) o
  where i.replaces`;

/**
 * For loads whose changed rows are all new; a bar that something stored in spite of the lock on the series fails the load.
 * $4 whether the row is written, $5–$8 its indicators, NaN for null (an array with nulls is slow to slice: PostgreSQL
 * walks it from the start), $9 run.
 */
export const insertBars = `
  insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return,
    daily_return, payload_id, run_id, fetched_at, recorded_at)
  select i.asset_id, i.timeframe, i.time, i.session, i.open, i.high, i.low, i.close, i.volume, nullif(i.sma_20, 'NaN'),
    nullif(i.sma_50, 'NaN'), nullif(i.bar_return, 'NaN'), nullif(i.daily_return, 'NaN'), i.payload_id, $9::uuid, i.fetched_at,
    -- a batch that is loaded again restores bars that were visible since its first load, or earlier
    coalesce(i.loaded_at, ${INSTANT})
  from ${zipped([
    ['$4::bool[]', 'changed'],
    ['$5::float8[]', 'sma_20'],
    ['$6::float8[]', 'sma_50'],
    ['$7::float8[]', 'bar_return'],
    ['$8::float8[]', 'daily_return'],
  ])}
  where i.changed`;

/** Like `insertBars`, for loads that replace stored bars: half as fast. */
export const upsertBars = `${insertBars}
  on conflict (asset_id, timeframe, time) do update set
    session = excluded.session, open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, sma_20 = excluded.sma_20, sma_50 = excluded.sma_50, bar_return = excluded.bar_return,
    daily_return = excluded.daily_return, payload_id = excluded.payload_id, run_id = excluded.run_id,
    fetched_at = excluded.fetched_at, open_payload_id = null, recorded_at = ${INSTANT}`;

/** Gives written bars the values that are not of their batch. $1 such bars, as rows of `bars`. */
export const mixBars = `
  update bars o set (open, high, low, close, volume, payload_id, fetched_at, open_payload_id) =
    (x.open, x.high, x.low, x.close, x.volume, x.payload_id, x.fetched_at, x.open_payload_id)
  from json_populate_recordset(null::bars, $1) x
  where o.asset_id = x.asset_id and o.timeframe = x.timeframe and o.time = x.time`;

/**
 * Bars restored by batches that were loaded before ($1) count as visible from when their value was first recorded: the first
 * payload with a value, or the last revision. $2 run. The rows are looked up by their key, one by one: without statistics, as
 * in a new database, PostgreSQL would take few bars for those of the run, and compare each with all payloads' rows.
 */
export const recordAsFirstShown = `
  update bars o set recorded_at = f.since
  from (
    select found.row, s.since
    from (
      select g.asset_id, g.timeframe, g.time, greatest(min(g.loaded_at), (
        select max(r.replaced_at) from bar_revisions r
        where r.asset_id = g.asset_id and r.timeframe = g.timeframe and r.time = g.time)) as since
      from (
        select l.asset_id, l.timeframe, l.loaded_at, unnest(l.times) as time
        from (
          select b.asset_id, b.timeframe, min(b.times[1]) as first, max(b.times[cardinality(b.times)]) as last
          from batches b where b.id = any($1::bigint[]) group by 1, 2) w
        join batches l on l.asset_id = w.asset_id and l.timeframe = w.timeframe and l.state = 'loaded'
          and l.times[1] <= w.last and l.times[cardinality(l.times)] >= w.first) g
      group by 1, 2, 3) s
    cross join lateral (
      select b.ctid as row from bars b
      where b.asset_id = s.asset_id and b.timeframe = s.timeframe and b.time = s.time
        and b.run_id = $2::uuid and b.recorded_at > s.since
      offset 0) found) f
  where o.ctid = f.row`;

/** For unchanged bars whose neighbours changed. $1 assets, $2 timeframes, $3 times, $4–$7 values. */
export const updateIndicators = `
  update bars o set sma_20 = x.sma_20, sma_50 = x.sma_50, bar_return = x.bar_return, daily_return = x.daily_return
  from unnest($1::int[], $2::text[]::timeframe[], $3::timestamptz[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])
    as x(asset_id, timeframe, time, sma_20, sma_50, bar_return, daily_return)
  where o.asset_id = x.asset_id and o.timeframe = x.timeframe and o.time = x.time`;

/**
 * Stored bars around the changed ones: as many before as the reach, all in between, and after them the longer of the reach
 * and the whole next session. $3 first and $4 last changed time, $5 end of the next session, $6 reach of indicators and neighbour rules.
 */
export const readContext = `
  select c.n::int as n,
    ${['time', 'session', 'open', 'high', 'low', 'close', 'volume', 'sma_20', 'sma_50', 'bar_return', 'daily_return']
      .map((column) => `array_send(array_agg(s.${column} order by s.time)) as ${column}`)
      .join(', ')}
  from unnest($1::int[], $2::text[]::timeframe[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) with ordinality
    as c(asset_id, timeframe, first_time, last_time, through, n)
  cross join lateral (
    (select o.* from bars o
     where o.asset_id = c.asset_id and o.timeframe = c.timeframe and o.time < c.first_time
     order by o.time desc limit $6)
    union all
    (select o.* from bars o
     where o.asset_id = c.asset_id and o.timeframe = c.timeframe and o.time >= c.first_time
       and o.time <= greatest(c.through, coalesce((
         select f.time from bars f
         where f.asset_id = c.asset_id and f.timeframe = c.timeframe and f.time > c.last_time
         order by f.time offset $6 - 1 limit 1), 'infinity')))
  ) s
  group by c.n`;

/** $1 assets, $2 timeframes, $3 from, $4 to. */
export const readClosesBefore = `
  select c.n::int as n, last.close
  from unnest($1::int[], $2::text[]::timeframe[], $3::timestamptz[], $4::timestamptz[]) with ordinality
    as c(asset_id, timeframe, from_time, to_time, n)
  cross join lateral (
    select o.close from bars o
    where o.asset_id = c.asset_id and o.timeframe = c.timeframe and o.time >= c.from_time and o.time < c.to_time
    order by o.time desc limit 1) last`;

/**
 * Logs the changes for the stream, and wakes it with the commit. The wake-up carries no data: the stream reads the log.
 * $2 ids, $3 first and $4 last changed time, $5 inserted, $6 updated, all of the changed series.
 */
export const logChanges = `
  with logged as (
    insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
    select b.asset_id, b.timeframe, x.first_time, x.last_time, x.inserted, x.updated, ${INSTANT}
    from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[]) as x(id, first_time, last_time, inserted, updated)
    join batches b on b.id = x.id and b.id = any($1::bigint[]))
  select pg_notify('${CHANGES_CHANNEL}', '')`;

/**
 * Bits only ever get set, so the order of payloads does not matter; a lost bit, which no payload sets, goes when its bar is
 * back. Slots that a payload leaves pending are requested again with a back-off, which restarts whenever new ones join
 * them, unless every row of the payload was rejected: then each minute would join. Slots that are corrupt at the provider count as pending here: they are requested again too, once a day. $2 the
 * back-off, seconds by attempt. OFFSET 0 keeps PostgreSQL from evaluating an expression again wherever it is used.
 */
export const markCoverage = `
  insert into coverage as c (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
    attempts, next_attempt_at, verified_at, updated_at)
  select b.asset_id, b.timeframe, s.session, s.expected, s.filled, s.answered, s.empty, s.none, s.none,
    case when p.pending then 1 else 0 end,
    case when p.pending then now() + ($2::float8[])[1] * interval '1 s' end,
    case when bit_count(s.answered) = s.expected then b.fetched_at end,
    statement_timestamp()
  from batches b
  cross join lateral (
    select u.session, u.expected, u.filled, u.answered, coalesce(u.empty, coverage_no_slots(u.filled)) as empty, coverage_no_slots(u.filled) as none
    from unnest(b.sessions, b.expected, b.filled_slots, b.answered_slots, b.empty_slots) as u(session, expected, filled, answered, empty)
    offset 0) s
  cross join lateral (
    select bit_count(coverage_pending(s.filled, s.answered, s.empty, s.none, s.none, false)) > 0 as pending offset 0) p
  where b.id = any($1::bigint[])
  on conflict (asset_id, timeframe, session) do update set (expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
    attempts, next_attempt_at, verified_at, dirty, updated_at) = (
    select excluded.expected, m.filled, m.answered, m.empty, m.lost_slots & ~m.filled, m.corrupt_slots, a.attempts,
      case when a.attempts = 0 then null
        when a.attempts = c.attempts then c.next_attempt_at
        when bit_count(o.open & ~m.corrupt_slots) = 0 then now() + interval '1 day'
        else now() + ($2::float8[])[least(a.attempts, cardinality($2::float8[]))] * interval '1 s' end,
      greatest(c.verified_at, excluded.verified_at),
      c.dirty or c.expected <> excluded.expected, statement_timestamp()
    from (
      -- a corrected calendar changed the number of slots: start over and recount
      select excluded.filled_slots as filled, excluded.answered_slots as answered, excluded.empty_slots as empty, excluded.answered_slots as before,
        excluded.lost_slots, excluded.corrupt_slots, excluded.expected, false as as_usual
      where c.expected <> excluded.expected
      union all
      select c.filled_slots | excluded.filled_slots, c.answered_slots | excluded.answered_slots, c.empty_slots | excluded.empty_slots, c.answered_slots,
        c.lost_slots, c.corrupt_slots, c.expected, c.as_usual
      where c.expected = excluded.expected
    ) m
    cross join lateral (
      select coverage_pending(m.filled, m.answered, m.empty, m.lost_slots, coverage_no_slots(m.filled), m.as_usual) as open offset 0) o
    cross join lateral (
      select case
        when bit_count(o.open) = 0 then 0
        when bit_count(o.open & ~m.before) > 0 and not exists (
          select 1 from batches r where r.id = any($1::bigint[]) and r.asset_id = excluded.asset_id and r.timeframe = excluded.timeframe
            and r.rows_extracted > 0 and r.rows_rejected = r.rows_extracted) then 1
        when bit_count(excluded.answered_slots & o.open) > 0 and c.next_attempt_at <= now() then c.attempts + 1
        else greatest(c.attempts, 1) end as attempts
    ) a)
  where c.expected <> excluded.expected
    or (c.filled_slots | excluded.filled_slots) <> c.filled_slots
    or (c.answered_slots | excluded.answered_slots) <> c.answered_slots
    or (c.empty_slots | excluded.empty_slots) <> c.empty_slots
    or excluded.verified_at > coalesce(c.verified_at, '-infinity')
    or bit_count(excluded.answered_slots & ~c.filled_slots & ~excluded.filled_slots) > 0`;

/** A series begins where a payload shows that it does, unless earlier bars are stored: then its beginning is unknown. */
export const markSeries = `
  update series s set
    newest_fetch = greatest(s.newest_fetch, b.fetched_at),
    first_bar = least(s.first_bar, b.times[1]),
    begins_at = (
      select case when exists (
          select 1 from bars o where o.asset_id = b.asset_id and o.timeframe = b.timeframe and o.time < begins.at) then null
        else begins.at end
      from (select least(b.begins_at, s.begins_at) as at) begins)
  from batches b
  where b.id = any($1::bigint[]) and s.asset_id = b.asset_id and s.timeframe = b.timeframe`;

/** The live prices from the payloads; of each asset the latest. */
export const showQuotes = `
  insert into quotes as q (asset_id, price, currency, time, fetched_at, payload_id)
  select distinct on (b.asset_id) b.asset_id, b.quote_price, b.quote_currency, b.quote_time, b.fetched_at, b.payload_id
  from batches b where b.id = any($1::bigint[]) and b.quote_price is not null
  order by b.asset_id, b.quote_time desc, b.fetched_at desc, b.quote_price desc
  ${KEEP_LATEST_QUOTE}`;

/** $2 inserted and $3 updated rows, in the order of $1. */
export const finishBatches = `
  update batches b set state = 'loaded', loaded_at = coalesce(b.loaded_at, ${INSTANT}),
    load_instants = b.load_instants || ${INSTANT}, bar_sessions = null, opens = null, highs = null, lows = null,
    closes = null, volumes = null, sessions = null, expected = null, filled_slots = null, answered_slots = null, empty_slots = null,
    rows_inserted = x.inserted, rows_updated = x.updated, rows_unchanged = cardinality(b.times) - x.inserted - x.updated
  from unnest($1::bigint[], $2::int[], $3::int[]) as x(id, inserted, updated)
  where b.id = x.id`;

export const selectCounts = `
  select id as "batchId", asset_id as "assetId", timeframe, coalesce(rows_inserted, 0) as inserted, coalesce(rows_updated, 0) as updated,
    coalesce(rows_unchanged, 0) as unchanged, case state when 'held' then 'split' when 'shifted' then 'level_shift' end as held
  from batches where id = any($1::bigint[])`;
