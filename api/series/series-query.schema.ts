import { z } from 'zod';
import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust-bars.js';
import { chooseIndicators } from '../../domain/indicators/chosen-indicators.js';
import { RANGES } from '../../domain/series/range.js';
import type { Timeframe } from '../../domain/timeframe.js';
import { FORMATS } from '../http/response.js';
import { cursorParameter, instantParameter, oneOf, optionalLimit, sourceParameter } from '../http/parameters.js';
import { describeTimeframes, timeframesOfClass } from './timeframe-parameter.js';

/** Of JSON. */
export const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

const EXAMPLE_TIMEFRAMES = { stock: '5m', crypto: '1h' } satisfies Record<AssetClass, Timeframe>;

const seriesQuery = (assetClass: AssetClass) =>
  z.strictObject({
    start: instantParameter(
      'Earliest bar open, inclusive: an RFC 3339 time or a date (00:00Z), on the market clock. For `1d` and longer timeframes only its date counts.',
      '2026-11-20T14:30:00Z',
    ),
    end: instantParameter('Latest bar open, exclusive; in the formats of `start`.', '2026-11-20T21:00:00Z'),
    range: oneOf(RANGES).optional().meta({
      description:
        'Counts back from the market clock now (or at `asOf`), instead of `start` and `end`. For stocks `1d` is the latest session that has bars and `5d` the latest five sessions; for coins they are the last 24 and the last 120 hours.',
      // excludes `start` and `end`
      examples: [],
    }),
    timeframe: oneOf(timeframesOfClass(assetClass))
      .optional()
      .meta({
        description: describeTimeframes(assetClass),
        example: EXAMPLE_TIMEFRAMES[assetClass],
      }),
    limit: optionalLimit(
      MAX_LIMIT,
      `Maximum number of bars per page. Without \`start\` the first page holds the newest bars of the window, unless \`range\` comes with \`sort=asc\`. Default ${DEFAULT_LIMIT}; CSV and NDJSON without it have no pages: they hold the whole window.`,
      390,
    ).optional(),
    sort: oneOf(['asc', 'desc'] as const)
      .optional()
      .meta({
        description: 'Order by time; with `desc` pages go back from the newest bar. Default `asc`.',
        example: 'asc',
      }),
    asOf: instantParameter(
      'Returns the bars as they were at this instant of the wall clock, at least 60 seconds ago: without later corrections and without bars that were first recorded later. Indicators are computed from these bars.',
      '2026-11-20T18:00:00Z',
    ),
    source: sourceParameter,
    cursor: cursorParameter,
    format: oneOf(FORMATS).optional().meta({ description: 'Overrides the Accept header.', example: 'json' }),
  });

export const StockSeriesQuery = seriesQuery('stock');
export const CryptoSeriesQuery = seriesQuery('crypto');

/** Only stocks have splits and dividends, and so an adjustment. */
export const StockOhlcvQuery = StockSeriesQuery.extend({
  adjustment: oneOf(ADJUSTMENTS).optional().meta({
    description:
      '`raw`: prices as traded. `split`: adjusted for splits, as the provider sends them and as they are stored. `all`: adjusted for splits and dividends, as in Yahoo’s `adjclose`: by 1 − dividend ÷ the last close before the ex-date. In both, volumes are adjusted for splits. Default `split`.',
    example: 'raw',
  }),
});
export type SeriesQuery = z.output<typeof StockOhlcvQuery>;

const include = z
  .string()
  .max(400, 'too long')
  .transform((text, context) => {
    try {
      return chooseIndicators(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .optional()
  .meta({
    description:
      'More indicators, separated by commas: ids from `/api/indicators`, each optionally followed by its parameters in order; without parameters, the defaults apply. Every output is a separate column. Many indicators with long periods need a smaller `limit`.',
    example: 'ema:50,rsi,macd:12:26:9',
  });

/** Indicators are computed from prices as they are stored, so they have no adjustment. */
export const StockIndicatorQuery = StockSeriesQuery.extend({ include });
export const CryptoIndicatorQuery = CryptoSeriesQuery.extend({ include });
export type IndicatorQuery = z.output<typeof StockIndicatorQuery>;
