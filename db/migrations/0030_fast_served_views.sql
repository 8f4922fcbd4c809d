-- The served bars and their indicators as before, by plans that begin with the asset and read no other one's bars: the index on
-- the sources of an asset is over coalesce(source_of, id), and `or` cannot use it. The functions read tables that whoever may read
-- the views may not.
create or replace view served_bars as
  select a.id as served_id, s.rank, s.provider, b.*, a.asset_class, a.symbol, a.currency
  from assets a
  join assets s on coalesce(s.source_of, s.id) = a.id and s.role = 'serve'
  join bars b on b.asset_id = s.id
  where a.source_of is null and exists (select 1 from assets l where l.source_of = a.id and l.role = 'serve')
    and (s.rank = 1 or not exists (
      select 1 from assets e join bars o on o.asset_id = e.id and o.timeframe = b.timeframe and o.time = b.time
      where coalesce(e.source_of, e.id) = a.id and e.role = 'serve' and e.rank < s.rank));
--> statement-breakpoint
create or replace function served_indicators(bar served_bars) returns served_indicators language sql stable
  security definer set search_path = public, pg_temp as $$
  with source as (
    select id, exchange, rank, role = 'serve' as serves from assets where coalesce(source_of, id) = bar.served_id),
  -- the last 50 of all are among the last 50 of each
  last as (
    select close, row_number() over (order by time desc) as n from (
      select distinct on (time) time, close from source s cross join lateral (
        select time, close from bars
        where asset_id = s.id and timeframe = bar.timeframe and time <= bar.time order by time desc limit 50) o
      where s.serves order by time desc, s.rank limit 50) b),
  before as (
    select close, session from source s cross join lateral (
      select time, close, session from bars
      where asset_id = s.id and timeframe = bar.timeframe and time < bar.time and session < bar.session
      order by time desc limit 1) o
    where s.serves order by time desc, s.rank limit 1)
  select
    (select avg(close) from last where n <= 20 having count(*) = 20),
    (select avg(close) from last having count(*) = 50),
    (select bar.close / close - 1 from last where n = 2),
    -- SQL knows no calendar: that no session lies between two dates is certain only if no weekday does, or if a source has both
    -- sessions, which its own daily return shows. Else it is null.
    (select bar.close / close - 1 from before
      where not exists (
          select 1 from coverage c join source s on s.id = c.asset_id
          where c.timeframe = bar.timeframe and c.session > before.session and c.session < bar.session)
        and (
          not exists (
            select 1 from generate_series(before.session + 1, bar.session - 1, interval '1 day') day
            where extract(isodow from day) < 6 or exists (select 1 from source where exchange = '24/7'))
          or exists (
            select 1 from source s join bars o on o.asset_id = s.id and o.timeframe = bar.timeframe
              and o.time > bar.time - interval '1 day' and o.time < bar.time + interval '1 day'
            where o.session = bar.session and o.daily_return is not null)))
$$;
--> statement-breakpoint
-- Whether a bar of another source may be among those that the indicators of a served bar are computed from: the 50 up to it, and
-- those since the last bar that its source has of an earlier session.
create or replace function is_mixed(bar served_bars) returns boolean language sql stable
  security definer set search_path = public, pg_temp as $$
  with own as (
    select least(
      coalesce((
        select time from bars where asset_id = bar.asset_id and timeframe = bar.timeframe and time <= bar.time
        order by time desc offset 49 limit 1), '-infinity'),
      coalesce((
        select time from bars
        where asset_id = bar.asset_id and timeframe = bar.timeframe and time < bar.time and session < bar.session
        order by time desc limit 1), '-infinity')) as since)
  select exists (
    select 1 from assets s join bars o on o.asset_id = s.id and o.timeframe = bar.timeframe
      and o.time >= (select since from own) and o.time <= bar.time
    where coalesce(s.source_of, s.id) = bar.served_id and s.role = 'serve'
    group by o.time having min(s.rank) <> bar.rank)
$$;
--> statement-breakpoint
create or replace view served_prices as
  select a.asset_class, a.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, a.currency,
    b.sma_20, b.sma_50, b.bar_return, b.daily_return, a.provider as source
  from assets a join bars b on b.asset_id = a.id
  where a.source_of is null and not exists (select 1 from assets l where l.source_of = a.id and l.role = 'serve')
  union all
  select b.asset_class, b.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, b.currency,
    (i.of_bar).sma_20, (i.of_bar).sma_50, (i.of_bar).bar_return, (i.of_bar).daily_return, b.provider
  from served_bars b
  -- `offset 0`: else they would be computed once for each column
  cross join lateral (
    select case when is_mixed(b) then served_indicators(b)
      else row(b.sma_20, b.sma_50, b.bar_return, b.daily_return)::served_indicators end as of_bar
    offset 0) i;
--> statement-breakpoint
-- Few assets change seldom: by default the table would never get statistics.
alter table assets set (autovacuum_analyze_threshold = 5);
