import type { AssetClass } from '../../config/catalog.js';
import type { OperationDocs } from '../openapi/describe.js';
import { symbolOf, UNKNOWN_SYMBOL } from '../series/series.docs.js';
import { LatestSchema } from './latest.schema.js';

export const latestDocs = (assetClass: AssetClass): OperationDocs => ({
  operationId: `${assetClass}Latest`,
  summary: assetClass === 'stock' ? 'Last minute and live price of a stock' : 'Last half hour and live price of a coin',
  path: symbolOf(assetClass),
  ok: LatestSchema,
  problems: UNKNOWN_SYMBOL,
});
