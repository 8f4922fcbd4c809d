-- As in 0008. Also refuses an asset that follows what another one follows: its bars would be requested and stored twice. A row
-- that cannot be loaded is in nobody's way.
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
  if problem is not null then
    raise exception '%', problem using errcode = 'check_violation', constraint = 'refuse_bad_asset', table = 'assets';
  end if;
  return new;
end $$;
