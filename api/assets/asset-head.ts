import { EXCHANGES } from '../../config/catalog/exchanges.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';

/** The fields of its asset that a response begins with. */
export const headOf = ({ symbol, assetClass, currency, exchange }: AssetRow) => ({
  symbol,
  assetClass,
  currency,
  exchange,
  timezone: EXCHANGES[exchange].timezone,
});
