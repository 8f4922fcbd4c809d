-- A further source has the symbol of its asset.
create function follow_asset() returns trigger language plpgsql as $$
begin
  update assets set symbol = new.symbol where source_of = new.id;
  return null;
end $$;
--> statement-breakpoint
create trigger follow_asset after update of symbol on assets for each row
  when (new.source_of is null and old.symbol is distinct from new.symbol) execute function follow_asset();
--> statement-breakpoint
-- The served bars of assets with several sources: for each slot the bar of the lowest rank that has one. The indicators are
-- those of the bar's own source.
create view served_bars as
  select a.id as served_id, s.rank, s.provider, b.*
  from assets a
  join assets s on (s.id = a.id or s.source_of = a.id) and s.role = 'serve'
  join bars b on b.asset_id = s.id
  where a.source_of is null and exists (select 1 from assets l where l.source_of = a.id and l.role = 'serve')
    and (s.id = a.id or not exists (
      select 1 from assets e join bars o on o.asset_id = e.id and o.timeframe = b.timeframe and o.time = b.time
      where (e.id = a.id or e.source_of = a.id) and e.role = 'serve' and e.rank < s.rank));
--> statement-breakpoint
-- The indicators of a served bar, from the served bars up to it: those of domain/indicators/stored-indicators.ts. If all of
-- these are of one source, they are those that are stored with the bar.
create type served_indicators as (sma_20 double precision, sma_50 double precision, bar_return double precision, daily_return double precision);
--> statement-breakpoint
create function served_indicators(bar served_bars) returns served_indicators language sql stable as $$
  with last as (
    select close, row_number() over (order by time desc) as n from (
      select time, close from served_bars
      where served_id = bar.served_id and timeframe = bar.timeframe and time <= bar.time order by time desc limit 50) b),
  before as (
    select close, session from served_bars
    where served_id = bar.served_id and timeframe = bar.timeframe and time < bar.time and session < bar.session
    order by time desc limit 1)
  select
    (select avg(close) from last where n <= 20 having count(*) = 20),
    (select avg(close) from last having count(*) = 50),
    (select bar.close / close - 1 from last where n = 2),
    -- the session before is the last one that any source knows of
    (select bar.close / close - 1 from before where not exists (
      select 1 from coverage c join assets s on s.id = c.asset_id
      where (s.id = bar.served_id or s.source_of = bar.served_id) and c.timeframe = bar.timeframe
        and c.session > before.session and c.session < bar.session))
$$;
--> statement-breakpoint
-- Whether a bar of another source is among those that the indicators of a served bar are computed from.
create function is_mixed(bar served_bars) returns boolean language sql stable as $$
  select exists (
    select 1 from served_bars b
    where b.served_id = bar.served_id and b.timeframe = bar.timeframe and b.asset_id <> bar.asset_id
      and b.time <= bar.time and b.time >= least(
        (select min(time) from (
          select time from bars where asset_id = bar.asset_id and timeframe = bar.timeframe and time <= bar.time
          order by time desc limit 50) l),
        coalesce((select min(f.time) from bars f
          where f.asset_id = bar.asset_id and f.timeframe = bar.timeframe and f.time < bar.time and f.time > bar.time - interval '15 days'
            and f.session = (
              select session from bars where asset_id = bar.asset_id and timeframe = bar.timeframe and time < bar.time and session < bar.session
              order by time desc limit 1)), bar.time - interval '15 days')))
$$;
--> statement-breakpoint
drop view stock_prices;
--> statement-breakpoint
drop view crypto_prices;
--> statement-breakpoint
-- For people who use SQL: what the API serves. `source` is the provider of a bar.
create view served_prices as
  select a.asset_class, a.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, a.currency,
    b.sma_20, b.sma_50, b.bar_return, b.daily_return, a.provider as source
  from assets a join bars b on b.asset_id = a.id
  where a.source_of is null and not exists (select 1 from assets l where l.source_of = a.id and l.role = 'serve')
  union all
  select a.asset_class, a.symbol, b.timeframe, b.time, b.session, b.open, b.high, b.low, b.close, b.volume, a.currency,
    case when is_mixed(b) then (served_indicators(b)).sma_20 else b.sma_20 end,
    case when is_mixed(b) then (served_indicators(b)).sma_50 else b.sma_50 end,
    case when is_mixed(b) then (served_indicators(b)).bar_return else b.bar_return end,
    case when is_mixed(b) then (served_indicators(b)).daily_return else b.daily_return end, b.provider
  from assets a join served_bars b on b.served_id = a.id;
--> statement-breakpoint
create view stock_prices as
  select symbol, timeframe, time, session, open, high, low, close, volume, currency, sma_20, sma_50, bar_return, daily_return, source
  from served_prices where asset_class = 'stock';
--> statement-breakpoint
create view crypto_prices as
  select symbol, timeframe, time, session, open, high, low, close, volume, currency, sma_20, sma_50, bar_return, daily_return, source
  from served_prices where asset_class = 'crypto';
