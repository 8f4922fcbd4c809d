import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';
import { OFF } from '../provider/provider-gate.js';
import { type Asset, ASSET_COLUMNS } from '../read/active-assets.js';

/** A source that an asset should have besides its first. */
export interface WantedSource {
  assetId: number;
  provider: ProviderId;
  providerSymbol: string;
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
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, active, inactive_because, source_of, rank)
      select a.symbol, a.name, a.kind, w.provider, w.provider_symbol, a.exchange, a.currency, a.active, a.inactive_because, a.id,
        (select max(rank) from assets s where coalesce(s.source_of, s.id) = a.id)
          + row_number() over (partition by a.id order by w.n)
      from unnest($1::int[], $2::text[]::provider[], $3::text[]) with ordinality w(asset_id, provider, provider_symbol, n)
      join assets a on a.id = w.asset_id
      where not exists (select 1 from assets s where s.source_of = a.id and s.provider = w.provider)
        and not exists (select 1 from provider_state p where p.provider = w.provider and p.blocked_type = '${OFF}')
      on conflict do nothing returning id`,
    [
      wanted.map(({ assetId }) => assetId),
      wanted.map(({ provider }) => provider),
      wanted.map(({ providerSymbol }) => providerSymbol),
    ],
  );
  return rows.map(({ id }) => id);
}
