import type pg from 'pg';
import type { AssetClass } from '../../../config/catalog/asset-classes.js';
import type { AssetSeed } from '../../../config/catalog/first-assets.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';

export interface Asset {
  id: number;
  symbol: string;
  assetClass: AssetClass;
  provider: ProviderId;
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
}

/** Adds the first assets to a database that has none; afterwards the table decides. @returns how many were added */
export async function seedAssets(pool: pg.Pool, seeds: readonly AssetSeed[]): Promise<number> {
  const column = <K extends keyof AssetSeed>(key: K) => seeds.map((seed) => seed[key]);
  const { rowCount } = await pool.query(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]::provider[], $5::text[], $6::text[], $7::text[])
      where not exists (select 1 from assets)
      on conflict do nothing`,
    [
      column('symbol'),
      column('name'),
      column('assetClass'),
      column('provider'),
      column('providerSymbol'),
      column('exchange'),
      column('currency'),
    ],
  );
  return rowCount ?? 0;
}

/** Active assets, of one provider and of given symbols where asked for. */
export async function activeAssets(
  pool: pg.Pool,
  only: { provider?: ProviderId; symbols?: string[] } = {},
): Promise<Asset[]> {
  const { rows } = await pool.query<Asset>(
    `select id, symbol, asset_class as "assetClass", provider, provider_symbol as "providerSymbol", exchange, currency
      from assets
      where active and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
      order by id`,
    [only.provider ?? null, only.symbols ?? null],
  );
  return rows;
}
