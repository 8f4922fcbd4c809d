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

/** The range in a URL, case-insensitive; the default if it is missing or unknown. */
export const rangeOf = (text: string | null): RangeName =>
  RANGE_NAMES.find((name) => name.toLowerCase() === text?.toLowerCase()) ?? DEFAULT_RANGE;
