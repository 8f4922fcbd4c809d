ALTER TABLE "assets" DROP CONSTRAINT "assets_source_rank";--> statement-breakpoint
ALTER TABLE "assets" DROP CONSTRAINT "assets_rank";--> statement-breakpoint
ALTER TABLE "assets" DROP CONSTRAINT "assets_first_source_serves";--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "paused_because" text;--> statement-breakpoint
CREATE UNIQUE INDEX "assets_source_rank" ON "assets" USING btree (coalesce(source_of, id),"rank");--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_rank" CHECK ("assets"."rank" > 0);--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_first_source_serves" CHECK ("assets"."rank" > 1 or "assets"."role" = 'serve');
--> statement-breakpoint
-- As in 0018, for ranks that can change: the row of the asset itself need not be the first source, nor be served.
create or replace view served_bars as
  select a.id as served_id, s.rank, s.provider, b.*
  from assets a
  join assets s on (s.id = a.id or s.source_of = a.id) and s.role = 'serve'
  join bars b on b.asset_id = s.id
  where a.source_of is null and exists (select 1 from assets l where l.source_of = a.id and l.role = 'serve')
    and (s.rank = 1 or not exists (
      select 1 from assets e join bars o on o.asset_id = e.id and o.timeframe = b.timeframe and o.time = b.time
      where (e.id = a.id or e.source_of = a.id) and e.role = 'serve' and e.rank < s.rank));
--> statement-breakpoint
-- A further source that had paused itself, although its asset is active.
update assets s set active = true, paused_because = coalesce(s.inactive_because, 'by an operator'), inactive_because = null
  from assets a where a.id = s.source_of and a.active and not s.active;
--> statement-breakpoint
-- Its first source is the one that an asset is requested and served from. At the end of a transaction, as ranks are exchanged in it.
create function require_first_source() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from assets where coalesce(source_of, id) = coalesce(new.source_of, new.id) and rank = 1)
    and exists (select 1 from assets where id = coalesce(new.source_of, new.id)) then
    raise exception '% has no source of rank 1', new.symbol using errcode = 'check_violation';
  end if;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger require_first_source after insert or update of rank, source_of on assets
  deferrable initially deferred for each row execute function require_first_source();
