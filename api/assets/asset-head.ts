import { EXCHANGES } from '../../config/catalog.js';
import type { AssetRow } from '../../db/repositories/asset-reader.js';

/** What every answer says of its asset. */
export const headOf = ({ symbol, assetClass, currency, exchange }: AssetRow) => ({
  symbol,
  assetClass,
  currency,
  exchange,
  timezone: EXCHANGES[exchange].timezone,
});
