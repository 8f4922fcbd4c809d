import type { Range } from './api/types';

/** Ranges by their names on the page and in its URL, each with the API's name; shortest first. */
export const RANGES = {
  '1D': '1d',
  '5D': '5d',
  '1M': '1mo',
  '6M': '6mo',
  YTD: 'ytd',
  '1Y': '1y',
  '5Y': '5y',
  Max: 'max',
} as const satisfies Record<string, Range>;

export type RangeName = keyof typeof RANGES;

export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];
export const DEFAULT_RANGE: RangeName = '1D';

/** The range in a URL, case-insensitive, by its name on the page or in the API; null if it is missing or unknown. */
export function rangeOf(text: string | null): RangeName | null {
  const wanted = text?.toLowerCase();
  return RANGE_NAMES.find((name) => name.toLowerCase() === wanted || RANGES[name] === wanted) ?? null;
}
