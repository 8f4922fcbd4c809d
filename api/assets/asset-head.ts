import { EXCHANGES } from '../../config/catalog/exchanges.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';

/** What every answer says of its asset. */
export const headOf = ({ symbol, assetClass, currency, exchange }: AssetRow) => ({
  symbol,
  assetClass,
  currency,
  exchange,
  timezone: EXCHANGES[exchange].timezone,
});
