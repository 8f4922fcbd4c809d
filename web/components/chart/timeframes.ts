import type { AssetClass, Timeframe } from '../../lib/api/types';

/** Those that the API has of each class. */
export const TIMEFRAMES = {
  stock: ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo'],
  crypto: ['30m', '1h', '4h', '1d', '4d', '1w', '1mo'],
} as const satisfies Record<AssetClass, readonly Timeframe[]>;

/** A timeframe of the URL; undefined, so that the API chooses, where the class has no such one. */
export const timeframeOf = (assetClass: AssetClass, text: string | null): Timeframe | undefined =>
  TIMEFRAMES[assetClass].find((timeframe) => timeframe === text);

/** The timeframe that is closest to another class's, to compare with. */
export function comparableTimeframe(assetClass: AssetClass, timeframe: Timeframe): Timeframe {
  const known = timeframeOf(assetClass, timeframe);
  if (known) return known;
  return timeframe === '4d' ? '1d' : TIMEFRAMES[assetClass][0];
}

const UNITS = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month' } as const;

/** 1m → 1-minute bars. */
export function timeframeText(timeframe: Timeframe): string {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(timeframe)!;
  return `${count}-${UNITS[unit as keyof typeof UNITS]} bars`;
}
