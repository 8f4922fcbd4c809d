import { MINUTE } from '../../domain/timeframe.js';
import { ProviderError, type BarsRequest } from '../provider.js';

/** Candles in one response, first and last included. */
const MAX_CANDLES = 300;

/** A page of candles. Times are opens, epoch ms, both included. */
export interface CandlePage {
  start: number;
  end: number;
}

/**
 * The page that begins at `start`, by default the first one, of a window's candles.
 * @throws ProviderError not-obtainable for another timeframe than `1m`, and for a window without a minute
 */
export function pageFrom({ timeframe, window }: Pick<BarsRequest, 'timeframe' | 'window'>, start?: number): CandlePage {
  if (timeframe !== '1m') throw new ProviderError('not-obtainable', `Coinbase: no ${timeframe} bars`);
  const first = start ?? Math.ceil(window.from / MINUTE) * MINUTE;
  const last = Math.ceil(window.to / MINUTE) * MINUTE - MINUTE;
  if (!(first <= last)) throw new ProviderError('not-obtainable', 'Coinbase: the requested window is empty');
  return { start: first, end: Math.min(last, first + (MAX_CANDLES - 1) * MINUTE) };
}

/** Where the page after this one begins; undefined if it is the last one of the window. */
export const startAfter = (page: CandlePage, { window }: Pick<BarsRequest, 'window'>): number | undefined =>
  page.end + MINUTE < window.to ? page.end + MINUTE : undefined;

export const candlesPath = (
  { providerSymbol }: Pick<BarsRequest, 'providerSymbol'>,
  { start, end }: CandlePage,
): string =>
  `/products/${encodeURIComponent(providerSymbol)}/candles?granularity=60` +
  `&start=${new Date(start).toISOString()}&end=${new Date(end).toISOString()}`;

/** Whether this URL is that of a request for candles, or of its first page. */
export function fitsUrl(url: string, request: Omit<BarsRequest, 'now'>): boolean {
  try {
    return url.endsWith(candlesPath(request, pageFrom(request)));
  } catch {
    return false; // no request has such a timeframe or window
  }
}
