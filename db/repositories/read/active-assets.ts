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

/** Active assets in the order of their ids, optionally only those of one provider or with some symbols. */
export async function activeAssets(
  db: Queryable,
  only: { provider?: ProviderId; symbols?: string[] } = {},
): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(
    `select id, symbol, asset_class as "assetClass", provider, provider_symbol as "providerSymbol", exchange, currency
      from assets
      where active and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
      order by id`,
    [only.provider ?? null, only.symbols ?? null],
  );
  return rows;
}
