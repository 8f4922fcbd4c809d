-- As in 0026. Also refuses a further source that is not on the market of its asset: their bars would be served as one series.
create or replace function refuse_bad_asset() returns trigger language plpgsql as $$
declare problem text := asset_problem(new);
begin
  if problem is null and new.source_of is null and new.provider <> 'file'
    and (tg_op = 'INSERT' or (old.provider, old.provider_symbol) is distinct from (new.provider, new.provider_symbol)) then
    select format('asset %s %s: %s of %s is followed as %s', new.id, new.symbol, new.provider_symbol, new.provider, o.symbol) into problem
      from assets o
      where o.provider = new.provider and o.provider_symbol = new.provider_symbol and o.source_of is null and o.id <> new.id
        and asset_problem(o) is null
      order by o.id limit 1;
  end if;
  if problem is null then
    select format('asset %s %s: a source of %s must be of its symbol, kind %s, exchange %s and currency %s', new.id, new.symbol, o.symbol,
        o.kind, o.exchange, o.currency) into problem
      from assets o
      where o.id = new.source_of and (o.symbol, o.kind, o.exchange, o.currency) is distinct from (new.symbol, new.kind, new.exchange, new.currency);
  end if;
  if problem is null then
    select format('asset %s %s: asset %s is itself a source and cannot have any', new.id, new.symbol, o.id) into problem
      from assets o where o.id = new.source_of and o.source_of is not null;
  end if;
  if problem is not null then
    raise exception '%', problem using errcode = 'check_violation', constraint = 'refuse_bad_asset', table = 'assets';
  end if;
  return new;
end $$;
--> statement-breakpoint
drop trigger refuse_bad_asset on assets;
--> statement-breakpoint
create trigger refuse_bad_asset
  before insert or update of symbol, name, kind, asset_class, provider, provider_symbol, exchange, currency, quoted_in, source_of, role on assets
  for each row execute function refuse_bad_asset();
