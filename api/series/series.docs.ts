import type { AssetClass } from '../../config/catalog.js';
import type { OperationDocs } from '../openapi/describe.js';
import { CryptoSeriesQuery, StockSeriesQuery } from './query.js';
import { IndicatorPageSchema, OhlcvSchema } from './series.schema.js';

const NOUNS = { stock: 'stock', crypto: 'coin' } satisfies Record<AssetClass, string>;

/** The path parameter of all routes of one asset. */
export const symbolOf = (assetClass: AssetClass) => ({
  symbol: { description: 'In any case.', example: assetClass === 'stock' ? 'SPY' : 'BTC' },
});
export const UNKNOWN_SYMBOL = { 404: 'There is no such symbol here.' };

const paging = `Without \`start\` a page holds the newest bars of the window and the next one goes back in time; with
\`start\` pages go forward. Rows are ascending unless \`sort=desc\`. \`nextCursor\` stays good while bars arrive.
A window without bars is 200 with \`meta.reason\`. Answers have an ETag; those of sessions that are over and whole may be
kept for a day.`;

const formats = (columns: string, csv: string, ndjson: string) => ({
  'text/csv': `${columns}\r\n${csv}\r\n`,
  'application/x-ndjson': `${ndjson}\n`,
});

export const ohlcvDocs = (assetClass: AssetClass): OperationDocs => ({
  operationId: `${assetClass}Ohlcv`,
  summary: `Bars of a ${NOUNS[assetClass]}`,
  description: paging,
  path: symbolOf(assetClass),
  query: assetClass === 'stock' ? StockSeriesQuery : CryptoSeriesQuery,
  ok: OhlcvSchema,
  also: formats(
    'time,open,high,low,close,volume',
    '2026-11-20T20:59:00Z,612.1,612.4,612,612.35,48211',
    '{"time":"2026-11-20T20:59:00Z","open":612.1,"high":612.4,"low":612,"close":612.35,"volume":48211}',
  ),
  problems: { ...UNKNOWN_SYMBOL, 406: 'The Accept header allows none of the media types.' },
});

export const indicatorsDocs = (assetClass: AssetClass): OperationDocs => ({
  ...ohlcvDocs(assetClass),
  operationId: `${assetClass}Indicators`,
  summary: `Indicators of a ${NOUNS[assetClass]}`,
  ok: IndicatorPageSchema,
  also: formats(
    'time,close,sma20,sma50,barReturn,dailyReturn',
    '2026-11-20T20:59:00Z,612.35,611.9,611.2,0.0004,0.0037',
    '{"time":"2026-11-20T20:59:00Z","close":612.35,"sma20":611.9,"sma50":611.2,"barReturn":0.0004,"dailyReturn":0.0037}',
  ),
});
