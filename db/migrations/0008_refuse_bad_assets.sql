-- Refuses an asset that no run could load. asset_problem() is created by migrate(), from the catalog. Rows that are
-- already there stay, and can be mended or made inactive.
create function refuse_bad_asset() returns trigger language plpgsql as $$
declare problem text := asset_problem(new);
begin
  if problem is not null then
    raise exception '%', problem using errcode = 'check_violation', constraint = 'refuse_bad_asset', table = 'assets';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger refuse_bad_asset before insert or update of symbol, asset_class, provider, exchange, currency on assets
  for each row execute function refuse_bad_asset();
