import type { AssetClass } from '../../../config/catalog/asset-classes.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { Queryable } from '../../client.js';

/** An asset as the pipelines need it. */
export interface Asset {
  id: number;
  symbol: string;
  assetClass: AssetClass;
  provider: ProviderId;
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
}

/** An asset whose row no run can work with. */
export interface AssetProblem {
  assetId: number;
  symbol: string;
  /** In words, with what is allowed. */
  problem: string;
}

/** Active assets that can be loaded, in the order of their ids, optionally only those of one provider or with some symbols. */
export async function activeAssets(
  db: Queryable,
  only: { provider?: ProviderId; symbols?: string[] } = {},
): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(
    `select id, symbol, asset_class as "assetClass", provider, provider_symbol as "providerSymbol", exchange, currency
      from assets a
      where active and asset_problem(a) is null and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
      order by id`,
    [only.provider ?? null, only.symbols ?? null],
  );
  return rows;
}

/** Why active assets cannot be loaded, in the order of their ids. */
export async function assetProblems(
  db: Queryable,
  only: { provider?: ProviderId; symbols?: string[] } = {},
): Promise<AssetProblem[]> {
  const { rows } = await db.query<AssetProblem>(
    `select id as "assetId", symbol, problem
      from assets a cross join lateral asset_problem(a) problem
      where active and problem is not null
        and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
      order by id`,
    [only.provider ?? null, only.symbols ?? null],
  );
  return rows;
}
