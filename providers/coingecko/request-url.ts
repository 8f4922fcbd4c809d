import { seriesLimits } from '../../config/catalog/providers.js';
import type { BarsRequest } from '../provider.js';

/** Whether a request for candles with this URL has the coin and a length of history of a request. The window is not sent. */
export function fitsUrl(url: string, { providerSymbol, timeframe }: Omit<BarsRequest, 'now'>): boolean {
  const parsed = URL.parse(url);
  if (!parsed) return false;
  const { pathname, searchParams } = parsed;
  const tails = seriesLimits('coingecko', timeframe).tailDays ?? [];
  return (
    pathname.endsWith(`/coins/${encodeURIComponent(providerSymbol)}/ohlc`) &&
    tails.some((days) => searchParams.get('days') === String(days))
  );
}
