import { SECOND } from '../../domain/timeframe.js';
import type { BarsRequest } from '../provider.js';

/** Whether a request for bars with this URL has the symbol, interval and window of a request. */
export function fitsUrl(url: string, { providerSymbol, timeframe, window }: Omit<BarsRequest, 'now'>): boolean {
  const parsed = URL.parse(url);
  if (!parsed) return false;
  const { pathname, searchParams } = parsed;
  return (
    pathname.endsWith(`/v8/finance/chart/${encodeURIComponent(providerSymbol)}`) &&
    searchParams.get('interval') === timeframe &&
    searchParams.get('period1') === String(Math.floor(window.from / SECOND)) &&
    searchParams.get('period2') === String(Math.ceil(window.to / SECOND))
  );
}
