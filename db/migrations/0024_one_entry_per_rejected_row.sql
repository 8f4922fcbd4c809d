ALTER TABLE "rejected_bars" ADD COLUMN "earlier_payloads" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "rejected_bars" ADD COLUMN "earlier_rows" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
-- A row for every payload that sent a bad row, as that payload sent it.
create view rejected_rows as
  select r.id, s.payload_id, s.row, r.asset_id, r.timeframe, r.time, r.rule, r.raw, r.state
  from rejected_bars r
  cross join lateral (
    select r.payload_id, r.row union all select * from unnest(r.earlier_payloads, r.earlier_rows)) s(payload_id, row);
--> statement-breakpoint
-- A worker of an earlier release does not look for a row among the earlier ones of an entry: it would be counted twice.
create function skip_recorded_row() returns trigger language plpgsql as $$
begin
  -- two conditions, because no index serves both in one
  if exists (
      select 1 from rejected_rows s
      where s.asset_id = new.asset_id and s.timeframe = new.timeframe and s.time = new.time
        and s.payload_id = new.payload_id and s.row = new.row and s.rule = new.rule)
    or exists (
      select 1 from rejected_rows s
      where s.asset_id = new.asset_id and s.timeframe = new.timeframe and s.time is null and new.time is null
        and s.payload_id = new.payload_id and s.row = new.row and s.rule = new.rule) then
    return null;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger skip_recorded_row before insert on rejected_bars for each row execute function skip_recorded_row();
