import type { SeriesLimits } from '../../domain/planning/series-limits.js';
import { DAY, MINUTE, SECOND, type StoredTimeframe } from '../../domain/timeframe.js';

export const PROVIDER_IDS = ['yahoo', 'coingecko'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];
export interface ProviderCatalog {
  name: string;
  defaultBaseUrl: string;
  /** Requests under way at once, all workers together; bulk work gets at most half. */
  maxInFlight: number;
  /** Calls a calendar month that the free plan allows; null = not limited. */
  monthlyQuota: number | null;
  /** Live prices come by a request of their own, for all assets at once, not with the bars. */
  quotesApart: boolean;
  timeframes: Partial<Record<StoredTimeframe, SeriesLimits>>;
}
/**
 * What each provider gives. Sources: docs/providers.md.
 * - Yahoo 1m: 8 days a request, 30 days back (the provider's own error texts); 7 and 29.5 keep a margin for retries.
 * - CoinGecko /ohlc: candle size by days (1 → 30 min, 7…30 → 4 h, 90…365 → 4 days), cached 15 min; the candle that ends
 *   at midnight UTC is ready at 00:35.
 */
export const PROVIDERS = {
  yahoo: {
    name: 'Yahoo Finance',
    defaultBaseUrl: 'https://query2.finance.yahoo.com',
    maxInFlight: 4,
    monthlyQuota: null,
    quotesApart: false,
    timeframes: {
      '1m': { settleMs: 8 * SECOND, reachMs: 29.5 * DAY, maxWindowMs: 7 * DAY, overlapBars: 10, recheckMs: 3 * MINUTE },
      // the closing auction prints after the official close (Xetra 17:35), and the row is restamped for a while
      '1d': { settleMs: 20 * MINUTE, reachMs: null, maxWindowMs: null, overlapBars: 3, recheckMs: 0 },
    },
  },
  coingecko: {
    name: 'CoinGecko',
    defaultBaseUrl: 'https://api.coingecko.com/api/v3',
    maxInFlight: 1,
    monthlyQuota: 10_000,
    quotesApart: true,
    timeframes: {
      '30m': { settleMs: 15 * MINUTE, reachMs: DAY, maxWindowMs: null, tailDays: [1], overlapBars: 2, recheckMs: 0 },
      '4h': {
        settleMs: 40 * MINUTE,
        reachMs: 30 * DAY,
        maxWindowMs: null,
        tailDays: [7, 14, 30],
        overlapBars: 1,
        recheckMs: 0,
      },
      '4d': {
        settleMs: 40 * MINUTE,
        reachMs: 365 * DAY,
        maxWindowMs: null,
        tailDays: [90, 180, 365],
        overlapBars: 1,
        recheckMs: 0,
      },
    },
  },
} satisfies Record<ProviderId, ProviderCatalog>;
/** @throws RangeError when the provider does not have that timeframe */
export function seriesLimits(provider: ProviderId, timeframe: StoredTimeframe): SeriesLimits {
  const limits = (PROVIDERS[provider] as ProviderCatalog).timeframes[timeframe];
  if (!limits) throw new RangeError(`${provider} has no ${timeframe} bars`);
  return limits;
}
export const timeframesOf = (provider: ProviderId): StoredTimeframe[] =>
  Object.keys(PROVIDERS[provider].timeframes) as StoredTimeframe[];
