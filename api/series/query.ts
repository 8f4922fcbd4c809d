import { z } from 'zod';
import { timeframesOf, type AssetClass } from '../../config/catalog.js';
import { FORMATS } from '../http/answer.js';
import { cursorParameter, instantParameter, limitParameter, oneOf } from '../http/parameters.js';

export const RANGES = ['1d', '5d', '1mo', '6mo', 'ytd', '1y', '5y', 'max'] as const;
export type Range = (typeof RANGES)[number];

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** The stored timeframes of each class: those of its provider. */
const TIMEFRAMES = { stock: timeframesOf('yahoo'), crypto: timeframesOf('coingecko') } as const;

const seriesQuery = (assetClass: AssetClass) =>
  z.strictObject({
    start: instantParameter(
      'First bar open, inclusive: an RFC 3339 time or a date (00:00Z), on the market clock. For `1d` and longer only its date counts.',
      '2026-11-20T14:30:00Z',
    ),
    end: instantParameter('Bar open at which to stop, exclusive; as `start`.', '2026-11-20T21:00:00Z'),
    range: oneOf(RANGES).optional().meta({
      description:
        'Back from the market clock now, instead of `start` and `end`. For stocks `1d` is the latest session that has bars and `5d` the latest five; for coins they are the last 24 hours and five times 24 hours.',
      example: '1mo',
    }),
    timeframe: oneOf(TIMEFRAMES[assetClass])
      .optional()
      .meta({
        description:
          assetClass === 'stock'
            ? 'Length of a bar. Default: `1m` for the ranges `1d`, `5d` and, where minutes reach that far, `1mo`; else `1d`.'
            : 'Length of a bar. Default: `30m`, for the ranges `5d` and `1mo` `4h`, for longer ones `4d`.',
        example: TIMEFRAMES[assetClass][0],
      }),
    limit: limitParameter(
      DEFAULT_LIMIT,
      MAX_LIMIT,
      'Most bars of a page. Without `start` they are the newest of the window.',
    ),
    sort: oneOf(['asc', 'desc'] as const)
      .optional()
      .meta({ description: 'Order by time; `desc` pages from the newest bar back. Default `asc`.', example: 'asc' }),
    cursor: cursorParameter,
    format: oneOf(FORMATS).optional().meta({ description: 'Overrides the Accept header.', example: 'json' }),
  });

export const StockSeriesQuery = seriesQuery('stock');
export const CryptoSeriesQuery = seriesQuery('crypto');
export type SeriesQuery = z.output<typeof StockSeriesQuery>;
