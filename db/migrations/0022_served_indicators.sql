-- The daily return of a served bar needs the last bar of the session before it. SQL knows no calendar: that no session lies between
-- two dates is certain only if no weekday does, or if a source has both sessions, which its own daily return shows. Else it is null.
create or replace function served_indicators(bar served_bars) returns served_indicators language sql stable as $$
  with last as (
    select close, row_number() over (order by time desc) as n from (
      select time, close from served_bars
      where served_id = bar.served_id and timeframe = bar.timeframe and time <= bar.time order by time desc limit 50) b),
  before as (
    select close, session from served_bars
    where served_id = bar.served_id and timeframe = bar.timeframe and time < bar.time and session < bar.session
    order by time desc limit 1),
  source as (select id, exchange from assets where id = bar.served_id or source_of = bar.served_id)
  select
    (select avg(close) from last where n <= 20 having count(*) = 20),
    (select avg(close) from last having count(*) = 50),
    (select bar.close / close - 1 from last where n = 2),
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
-- Whether a bar of another source is among those that the indicators of a served bar are computed from: all before it, if its own
-- source has fewer than 50 bars up to it.
create or replace function is_mixed(bar served_bars) returns boolean language sql stable as $$
  select exists (
    select 1 from served_bars b
    where b.served_id = bar.served_id and b.timeframe = bar.timeframe and b.asset_id <> bar.asset_id
      and b.time <= bar.time and b.time >= least(
        coalesce((
          select time from bars where asset_id = bar.asset_id and timeframe = bar.timeframe and time <= bar.time
          order by time desc offset 49 limit 1), '-infinity'),
        coalesce((select min(f.time) from bars f
          where f.asset_id = bar.asset_id and f.timeframe = bar.timeframe and f.time < bar.time and f.time > bar.time - interval '15 days'
            and f.session = (
              select session from bars where asset_id = bar.asset_id and timeframe = bar.timeframe and time < bar.time and session < bar.session
              order by time desc limit 1)), bar.time - interval '15 days')))
$$;
