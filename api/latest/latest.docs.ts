import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { providersOf } from '../../config/catalog/providers.js';
import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { BARS, HEADS } from '../series/series.examples.js';
import { NOUNS, symbolOf } from '../series/series.docs.js';
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
  summary: `Latest bar and live price of a ${NOUNS[assetClass]}`,
  description: `The last final bar (${liveTimeframes(assetClass)}), the live price, which is not a bar, and the change since the previous session.`,
  path: symbolOf(assetClass),
  ok: LatestSchema,
  shows: assetClass === 'stock' ? {} : { ...HEADS.crypto, ...COIN },
  problems: UNKNOWN_SYMBOL,
});

const liveTimeframes = (assetClass: AssetClass): string =>
  [...new Set(providersOf(assetClass).map(({ live }) => `\`${live}\``))].join(' or ');
