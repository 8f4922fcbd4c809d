import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { BARS, HEADS } from '../series/series.examples.js';
import { symbolOf } from '../series/series.docs.js';
import { LatestSchema } from './latest.schema.js';

const COIN = {
  bar: { ...BARS.crypto, session: '2026-11-20' },
  quote: { price: 91_010.2, time: '2026-11-20T21:04:00Z', delayedBy: 0 },
  previousClose: 89_990.5,
  change: 1_010,
  changePercent: 1.1223406804,
};

export const latestDocs = (assetClass: AssetClass): OperationDocs => ({
  operationId: `${assetClass}Latest`,
  summary: assetClass === 'stock' ? 'Last minute and live price of a stock' : 'Last half hour and live price of a coin',
  description: `The last final bar of ${assetClass === 'stock' ? '`1m`' : '`30m`'}, the live price beside it, which is no bar, and the change since the session before.`,
  path: symbolOf(assetClass),
  ok: LatestSchema,
  shows: assetClass === 'stock' ? {} : { ...HEADS.crypto, ...COIN },
  problems: UNKNOWN_SYMBOL,
});
