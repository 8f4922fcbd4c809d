import { PIPELINES } from '../../config/catalog/schedules.js';
import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { ProviderId } from '../../config/catalog/providers.js';
import type { Aggregation } from '../../domain/aggregation/buckets.js';
import { MINUTE, TIMEFRAMES, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';

/** The timeframes that each class is answered in, each with the stored one that its bars are read or rolled up from. */
const BASES = {
  stock: {
    '1m': '1m',
    '5m': '1m',
    '15m': '1m',
    '30m': '1m',
    '1h': '1m',
    '4h': '1m',
    '1d': '1d',
    '1w': '1d',
    '1mo': '1d',
  },
  // 4d candles go evenly into neither weeks nor months
  crypto: { '30m': '30m', '1h': '30m', '4h': '4h', '1d': '4h', '4d': '4d', '1w': '4h', '1mo': '4h' },
} as const satisfies Record<AssetClass, Partial<Record<Timeframe, StoredTimeframe>>>;

/** The timeframes of a class, shortest first. */
export const timeframesOfClass = (assetClass: AssetClass): Timeframe[] =>
  TIMEFRAMES.filter((timeframe) => timeframe in BASES[assetClass]);

/** The stored timeframe behind one of a class. @throws RangeError when the class is not answered in it */
export function baseOf(assetClass: AssetClass, timeframe: Timeframe): StoredTimeframe {
  const bases: Partial<Record<Timeframe, StoredTimeframe>> = BASES[assetClass];
  const base = bases[timeframe];
  if (!base) throw new RangeError(`there are no ${timeframe} bars of a ${assetClass}`);
  return base;
}

/** How bars of a timeframe are made; null where they are stored. */
export function aggregationOf(assetClass: AssetClass, timeframe: Timeframe): Aggregation | null {
  const base = baseOf(assetClass, timeframe);
  return base === timeframe ? null : { base, timeframe };
}

/** A bar that is final is stored this long after that, ms: a turn of the pipeline that fetches it, and its run. */
export function arrivalMs(provider: ProviderId, timeframe: StoredTimeframe): number {
  const pipelines = Object.values(PIPELINES).filter((pipeline) => pipeline.provider === provider);
  const fetching = pipelines.find(({ timeframes }) => (timeframes as readonly StoredTimeframe[]).includes(timeframe));
  return (fetching?.gridMs ?? 0) + MINUTE;
}
