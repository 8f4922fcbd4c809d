import { z } from 'zod';
import type { AssetClass } from '../../config/catalog/first-assets.js';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust-bars.js';
import { chooseIndicators } from '../../domain/indicators/chosen-indicators.js';
import { FORMATS } from '../http/response.js';
import { cursorParameter, instantParameter, limitParameter, oneOf } from '../http/parameters.js';
import { timeframesOfClass } from './timeframes.js';

export const RANGES = ['1d', '5d', '1mo', '6mo', 'ytd', '1y', '5y', 'max'] as const;
export type Range = (typeof RANGES)[number];

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** What a timeframe parameter says of each class. */
const TIMEFRAME_DOCS = {
  stock: {
    description:
      'Length of a bar. `1m` and `1d` are stored, `5m` to `4h` are rolled up from `1m`, `1w` and `1mo` from `1d`. Default: `1m` for the range `1d`, `5m` for `5d`, `30m` for `1mo` where minutes reach that far, `1w` for `5y`, `1mo` for `max`; else `1d`.',
    example: '5m',
  },
  crypto: {
    description:
      'Length of a bar. `30m`, `4h` and `4d` are stored, `1h` is rolled up from `30m`; `1d`, `1w` and `1mo` from `4h`, so they reach back as far as those. Default: `30m`, for the ranges `5d` and `1mo` `4h`, for longer ones `4d`.',
    example: '1h',
  },
} satisfies Record<AssetClass, { description: string; example: string }>;

const seriesQuery = (assetClass: AssetClass) =>
  z.strictObject({
    start: instantParameter(
      'First bar open, inclusive: an RFC 3339 time or a date (00:00Z), on the market clock. For `1d` and longer only its date counts.',
      '2026-11-20T14:30:00Z',
    ),
    end: instantParameter('Bar open at which to stop, exclusive; as `start`.', '2026-11-20T21:00:00Z'),
    range: oneOf(RANGES).optional().meta({
      description:
        'Back from the market clock now (or at `asOf`), instead of `start` and `end`. For stocks `1d` is the latest session that has bars and `5d` the latest five; for coins they are the last 24 hours and five times 24 hours.',
      example: '1mo',
    }),
    timeframe: oneOf(timeframesOfClass(assetClass)).optional().meta(TIMEFRAME_DOCS[assetClass]),
    limit: limitParameter(
      DEFAULT_LIMIT,
      MAX_LIMIT,
      'Most bars of a page. Without `start` they are the newest of the window.',
    ),
    sort: oneOf(['asc', 'desc'] as const)
      .optional()
      .meta({ description: 'Order by time; `desc` pages from the newest bar back. Default `asc`.', example: 'asc' }),
    asOf: instantParameter(
      'Answers as at this instant of the wall clock, at least 60 seconds ago: corrections made since then are undone, bars first recorded since then are absent, indicators are those of these bars.',
      '2026-11-20T18:00:00Z',
    ),
    cursor: cursorParameter,
    format: oneOf(FORMATS).optional().meta({ description: 'Overrides the Accept header.', example: 'json' }),
  });

export const StockSeriesQuery = seriesQuery('stock');
export const CryptoSeriesQuery = seriesQuery('crypto');

/** Coins have neither splits nor dividends, and so no adjustment. */
export const StockOhlcvQuery = StockSeriesQuery.extend({
  adjustment: oneOf(ADJUSTMENTS).optional().meta({
    description:
      'Prices as traded (`raw`), adjusted for splits (`split`, as the provider gives them and as they are stored) or for splits and dividends (`all`, as in Yahoo’s `adjclose`: by 1 − dividend ÷ the last close before the ex-date). Volumes are adjusted for splits in both. Default `split`.',
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
      'Further indicators, separated by commas: ids of `/api/indicators`, each with its parameters in their order or with its defaults. Each output is a column of its own.',
    example: 'ema:50,rsi,macd:12:26:9',
  });

/** Indicators are computed from prices as they are stored, so they know no adjustment. */
export const StockIndicatorQuery = StockSeriesQuery.extend({ include });
export const CryptoIndicatorQuery = CryptoSeriesQuery.extend({ include });
export type IndicatorQuery = z.output<typeof StockIndicatorQuery>;
