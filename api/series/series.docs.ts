import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { CryptoIndicatorQuery, CryptoSeriesQuery, StockIndicatorQuery, StockOhlcvQuery } from './query.js';
import { BARS, INDICATORS, pageWith } from './series.examples.js';
import { IndicatorPageSchema, OhlcvSchema } from './series.schema.js';

const NOUNS = { stock: 'stock', crypto: 'coin' } satisfies Record<AssetClass, string>;

/** The path parameter of all routes of one asset. */
export const symbolOf = (assetClass: AssetClass) => ({
  symbol: { description: 'In any case.', example: assetClass === 'stock' ? 'SPY' : 'BTC' },
});

const paging = `Without \`start\` a page holds the newest bars of the window and the next one goes back in time; with
\`start\` pages go forward. Rows are ascending unless \`sort=desc\`. \`nextCursor\` stays good while bars arrive.
A window without bars is 200 with \`meta.reason\`. Answers have an ETag; those of sessions that are over and whole, or as of
an instant, may be kept for a day.

Timeframes that are not stored are rolled up from one that is. Up to \`4h\` they step from the open of the session and anew
after a lunch break, so the last bar before a break or the close may be shorter; a \`1d\` bar of a coin is a UTC day; weeks are
labelled with their Monday, months with their first. A bar is answered once its last stored bar is final and fetched.
\`meta.incomplete\` names the bars that were made without some stored bars which are expected and missing; CSV and NDJSON
cannot tell. A page is made of about 250,000 stored bars at most, so it may hold fewer than \`limit\` and still have a \`nextCursor\`.`;

export const ohlcvDocs = (assetClass: AssetClass): OperationDocs => ({
  operationId: `${assetClass}Ohlcv`,
  summary: `Bars of a ${NOUNS[assetClass]}`,
  description: paging,
  path: symbolOf(assetClass),
  query: assetClass === 'stock' ? StockOhlcvQuery : CryptoSeriesQuery,
  ok: OhlcvSchema,
  ...pageWith(assetClass, BARS[assetClass]),
  problems: { ...UNKNOWN_SYMBOL, 406: 'The Accept header allows none of the media types.' },
});

export const indicatorsDocs = (assetClass: AssetClass): OperationDocs => ({
  ...ohlcvDocs(assetClass),
  operationId: `${assetClass}Indicators`,
  summary: `Indicators of a ${NOUNS[assetClass]}`,
  description: `\`sma20\`, \`sma50\`, \`barReturn\` and \`dailyReturn\` always, and those named by \`include\`: each value is the same wherever a
page begins, and null until it is defined.\n\n${paging}`,
  query: assetClass === 'stock' ? StockIndicatorQuery : CryptoIndicatorQuery,
  ok: IndicatorPageSchema,
  ...pageWith(assetClass, INDICATORS[assetClass]),
});
