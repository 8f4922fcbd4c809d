import type { AssetSeed } from '../../../config/catalog/first-assets.js';
import type { Queryable } from '../../client.js';

/** Adds the first assets to a database that has none; from then on the table decides what is tracked. @returns how many were added */
export async function seedAssets(db: Queryable, seeds: readonly AssetSeed[]): Promise<number> {
  const column = <K extends keyof AssetSeed>(key: K) => seeds.map((seed) => seed[key]);
  const { rowCount } = await db.query(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]::provider[], $5::text[], $6::text[], $7::text[])
      where not exists (select 1 from assets)
      on conflict do nothing`,
    [
      column('symbol'),
      column('name'),
      column('kind'),
      column('provider'),
      column('providerSymbol'),
      column('exchange'),
      column('currency'),
    ],
  );
  return rowCount ?? 0;
}
