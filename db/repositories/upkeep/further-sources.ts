import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';
import { OFF } from '../provider/provider-gate.js';
import { type Asset, ASSET_COLUMNS } from '../read/active-assets.js';

/** A source that an asset should have besides its first. */
export interface WantedSource {
  assetId: number;
  provider: ProviderId;
  providerSymbol: string;
  /** Why it is only compared, in words; null = it is served. */
  comparedBecause: string | null;
}

/** The followed assets, without their further sources. */
export async function followedAssets(db: Queryable): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(
    `select ${ASSET_COLUMNS} from assets a where source_of is null and not retired and asset_problem(a) is null order by id`,
  );
  return rows;
}

/** Adds the sources that assets do not have yet, after those that they have; none of providers that are off. @returns the ids of their rows */
export async function addSources(db: Queryable, wanted: readonly WantedSource[]): Promise<number[]> {
  if (wanted.length === 0) return [];
  const { rows } = await db.query<{ id: number }>(
    `with wanted as (
      select * from unnest($1::int[], $2::text[]::provider[], $3::text[], $4::text[]) with ordinality
        w(asset_id, provider, provider_symbol, compared_because, n)
    ), added as (
      insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, active, inactive_because, source_of, rank, role)
      select a.symbol, a.name, a.kind, w.provider, w.provider_symbol, a.exchange, a.currency, a.active, a.inactive_because, a.id,
        (select max(rank) from assets s where coalesce(s.source_of, s.id) = a.id)
          + row_number() over (partition by a.id order by w.compared_because is not null, w.n),
        case when w.compared_because is null then 'serve' else 'check' end
      from wanted w join assets a on a.id = w.asset_id
      where not exists (select 1 from assets s where s.source_of = a.id and s.provider = w.provider)
        and not exists (select 1 from provider_state p where p.provider = w.provider and p.blocked_type = '${OFF}')
      on conflict do nothing returning id, symbol, source_of, provider, rank, role
    ), logged as (
      insert into audit_log (actor, action, subject, reason, details)
      select 'worker', 'asset.source', a.symbol, w.compared_because, jsonb_build_object('provider', a.provider, 'role', a.role, 'rankBefore', a.rank)
      from added a join wanted w on w.asset_id = a.source_of and w.provider = a.provider where a.role = 'check'
    )
    select id from added order by id`,
    [
      wanted.map(({ assetId }) => assetId),
      wanted.map(({ provider }) => provider),
      wanted.map(({ providerSymbol }) => providerSymbol),
      wanted.map(({ comparedBecause }) => comparedBecause),
    ],
  );
  return rows.map(({ id }) => id);
}
