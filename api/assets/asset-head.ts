import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';

/** The fields of its asset that a response begins with. */
export const headOf = ({ symbol, assetClass, currency, exchange }: AssetRow) => ({
  symbol,
  assetClass,
  currency,
  exchange,
  timezone: calendarOf(exchange).timezone,
});
