import type { Comparison } from './api/types';
import { isDate } from './time';

/** What tells a comparison apart from others. */
export type ComparisonKey = Pick<Comparison, 'symbol' | 'session' | 'timeframe' | 'source' | 'other'>;

/** A comparison as the URL of data health names it: SPY/2026-11-27/1m/yahoo/alpaca. */
export const comparisonName = ({ symbol, session, timeframe, source, other }: ComparisonKey): string =>
  [symbol.replaceAll('/', '%2F'), session, timeframe, source, other].join('/');

/** @returns null if the text names none */
export function parseComparisonName(text: string | null): Record<keyof ComparisonKey, string> | null {
  const [symbol, session, timeframe, source, other] = text?.split('/') ?? [];
  if (!symbol || !session || !timeframe || !source || !other || !isDate(session)) return null;
  return { symbol: symbol.replaceAll('%2F', '/'), session, timeframe, source, other };
}

/** Its place in data health. */
export const comparisonUrl = (key: ComparisonKey): string =>
  `/health?comparison=${encodeURIComponent(comparisonName(key))}#agreement`;
