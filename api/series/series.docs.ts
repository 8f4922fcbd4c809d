import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import {
  CryptoIndicatorQuery,
  CryptoSeriesQuery,
  StockIndicatorQuery,
  StockOhlcvQuery,
} from './series-query.schema.js';
import { BARS, INDICATORS, pageWith } from './series.examples.js';
import { IndicatorPageSchema, OhlcvSchema } from './series.schema.js';

export const NOUNS = { stock: 'stock', crypto: 'coin' } satisfies Record<AssetClass, string>;

/** The path parameter of every route of an asset. */
export const symbolOf = (assetClass: AssetClass) => ({
  symbol: { description: 'Case-insensitive.', example: assetClass === 'stock' ? 'SPY' : 'BTC' },
});

const paging = `Without \`start\` the first page holds the newest bars of the window and later pages go back in time; with
\`start\` pages go forward. Rows are ascending unless \`sort=desc\`. \`nextCursor\` stays valid while bars arrive.
A window without bars returns 200 with \`meta.reason\`. Responses have an ETag and must be revalidated before they are used again; only those with
\`asOf\` may be cached for a day. If a split changes the price level between two pages, the later one is a 409.

Timeframes that are not stored are aggregated from one that is. Up to \`4h\`, bars start at the open of the session and again
at the end of a lunch break, so the last bar before a break or the close may be shorter; a \`1d\` bar of a coin is a UTC day;
weeks are labelled with their Monday, months with their first day. An aggregate bar appears once its last stored bar is final and fetched.
\`meta.incomplete\` lists the bars for which some expected stored bars are missing; CSV and NDJSON do not have it.
A page is aggregated from about 250,000 stored bars at most, so it may hold fewer than \`limit\` bars and still have a \`nextCursor\`.`;

export const ohlcvDocs = (assetClass: AssetClass): OperationDocs => ({
  operationId: `${assetClass}Ohlcv`,
  summary: `Bars of a ${NOUNS[assetClass]}`,
  description: paging,
  path: symbolOf(assetClass),
  query: assetClass === 'stock' ? StockOhlcvQuery : CryptoSeriesQuery,
  ok: OhlcvSchema,
  ...pageWith(assetClass, BARS[assetClass]),
  problems: {
    ...UNKNOWN_SYMBOL,
    409: [
      'price-level-changed',
      'The prices have moved to another level since the first page. Request the first page again.',
    ],
    406: 'The Accept header allows none of the media types of this endpoint.',
  },
});

export const indicatorsDocs = (assetClass: AssetClass): OperationDocs => ({
  ...ohlcvDocs(assetClass),
  operationId: `${assetClass}Indicators`,
  summary: `Indicators of a ${NOUNS[assetClass]}`,
  description: `Always \`sma20\`, \`sma50\`, \`barReturn\` and \`dailyReturn\`, and those named by \`include\`. A value does not depend on where
a page begins; it is null until it is defined.\n\n${paging}`,
  query: assetClass === 'stock' ? StockIndicatorQuery : CryptoIndicatorQuery,
  ok: IndicatorPageSchema,
  ...pageWith(assetClass, INDICATORS[assetClass]),
});
