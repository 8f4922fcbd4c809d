import { DAY, HOUR, SECOND } from '../../domain/timeframe.js';
import { ProviderError, type BarsOfManyRequest, type BarsRequest } from '../provider.js';
import { tradingDatesOf } from '../trading-date.js';

const NEW_YORK = 'America/New_York';
/** Points in one page, over all symbols: the most that Alpaca allows. */
const MAX_POINTS = 10_000;
const MAX_ACTIONS = 1_000;
/** Splits are announced ahead of their ex-date. */
const AHEAD_MS = 30 * DAY;
/** Trading begins at 09:30 in New York. */
const OPENS_MS = 9.5 * HOUR;

/** 00:00Z of the date in New York. */
export const newYorkDate = (instant: number): number => tradingDatesOf(NEW_YORK).midnightOf(instant);

/** 00:00Z of the last date whose session had opened by then: its splits are in force. */
export const lastOpenedDate = (now: number): number => newYorkDate(now - OPENS_MS);

const isoSeconds = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;
const isoDate = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/**
 * First and last bar of a window; Alpaca includes both. A daily bar is stamped with midnight in New York, 04:00Z or 05:00Z.
 * @throws ProviderError not-obtainable for other timeframes than `1m` and `1d`, and for an empty window
 */
function boundsOf({ timeframe, window }: Pick<BarsRequest, 'timeframe' | 'window'>): { start: number; end: number } {
  if (timeframe !== '1m' && timeframe !== '1d')
    throw new ProviderError('not-obtainable', `Alpaca: no ${timeframe} bars`);
  const bounds =
    timeframe === '1m'
      ? { start: window.from, end: Math.ceil(window.to / SECOND) * SECOND - SECOND }
      : { start: newYorkDate(window.from), end: newYorkDate(window.to - 1) + 5 * HOUR };
  if (!(window.from < window.to) || bounds.end < bounds.start)
    throw new ProviderError('not-obtainable', 'Alpaca: the requested window is empty');
  return bounds;
}

/** Raw prices: they never change. @throws ProviderError as boundsOf */
export function barsUrl(base: string, request: Omit<BarsOfManyRequest, 'now'>, feed: string, token?: string): string {
  const { start, end } = boundsOf(request);
  const query = new URLSearchParams({
    symbols: request.providerSymbols.join(','),
    timeframe: request.timeframe === '1m' ? '1Min' : '1Day',
    start: isoSeconds(start),
    end: isoSeconds(end),
    limit: String(MAX_POINTS),
    adjustment: 'raw',
    feed,
    ...(token === undefined ? {} : { page_token: token }),
  });
  return `${base}/v2/stocks/bars?${query.toString()}`;
}

/**
 * Whether bars of a window may be from before a split that is in force: those of an earlier date than the last opened one.
 * Minutes of the current session never are.
 */
export const needsActions = ({ window, now }: Pick<BarsRequest, 'window' | 'now'>): boolean =>
  newYorkDate(window.from) < lastOpenedDate(now);

/** The splits and dividends since a window's first date, with those announced. */
export function actionsUrl(base: string, { providerSymbols, window, now }: BarsOfManyRequest, token?: string): string {
  const query = new URLSearchParams({
    symbols: providerSymbols.join(','),
    types: 'forward_split,reverse_split,stock_dividend,cash_dividend',
    start: isoDate(newYorkDate(window.from)),
    end: isoDate(newYorkDate(now + AHEAD_MS)),
    limit: String(MAX_ACTIONS),
    ...(token === undefined ? {} : { page_token: token }),
  });
  return `${base}/v1/corporate-actions?${query.toString()}`;
}

/** The URL of one symbol's part of a response for several: the request for that symbol alone, marked as a part. */
export function urlOfPart(url: string, symbol: string, symbols: number): string {
  const own = new URL(url);
  own.searchParams.set('symbols', symbol);
  own.hash = `part-of-${symbols}`; // no request sends a fragment
  return own.href;
}

/** Whether a request for bars with this URL, or for those of several symbols, has the symbol, timeframe and window of a request. */
export function fitsUrl(url: string, { providerSymbol, ...request }: Omit<BarsRequest, 'now'>): boolean {
  const parsed = URL.parse(url);
  if (!parsed) return false;
  try {
    const asked = new URL(barsUrl('http://any', { ...request, providerSymbols: [providerSymbol] }, ''));
    const isEqual = (name: string) => parsed.searchParams.get(name) === asked.searchParams.get(name);
    return parsed.pathname.endsWith(asked.pathname) && ['symbols', 'timeframe', 'start', 'end'].every(isEqual);
  } catch {
    return false; // no request has such a timeframe or window
  }
}
