import type { SeriesLimits } from '../../domain/planning/series-limits.js';
import type { Range } from '../../domain/series/range.js';
import { DAY, MINUTE, SECOND, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';
import type { AssetClass } from './asset-classes.js';

export const PROVIDER_IDS = ['yahoo', 'coingecko'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/**
 * A provider, as data.
 * @typeParam Stored timeframes that the provider has: its bars are stored in these
 * @typeParam Served timeframes that the API serves its assets in
 */
export interface ProviderCatalog<
  Stored extends StoredTimeframe = StoredTimeframe,
  Served extends Timeframe = Timeframe,
> {
  name: string;
  defaultBaseUrl: string;
  assetClasses: readonly AssetClass[];
  /** Concurrent requests of all workers together; bulk work gets at most half. */
  maxInFlight: number;
  /** Calls per calendar month in the free plan; null = unlimited. */
  monthlyQuota: number | null;
  /** Live prices come from a separate request for all assets at once, not with the bars. */
  separateQuotes: boolean;
  /** Shortest first. */
  stored: Readonly<Partial<Record<Stored, SeriesLimits>>>;
  /** Each with the stored timeframe that its bars are read or aggregated from. */
  served: Readonly<Partial<Record<Served, NoInfer<Stored>>>>;
  /** The timeframe of a request that names none, by its range. */
  defaults: Readonly<Record<Range | 'none', NoInfer<Served>>>;
  /** Used instead of a default if the stored bars behind it reach back over the whole range. */
  finerDefaults: Readonly<Partial<Record<Range, NoInfer<Served>>>>;
  /** The timeframe of the newest bars. */
  live: NoInfer<Stored>;
  /** The last bar of this timeframe before a trading date holds the previous close. */
  reference: NoInfer<Stored>;
}

/** Compiles only if the entry is consistent: bars are served from stored timeframes, and defaults are served. */
const provider = <Stored extends StoredTimeframe, Served extends Timeframe>(
  entry: ProviderCatalog<Stored, Served>,
): ProviderCatalog => entry;

/**
 * Sources: docs/providers.md.
 * - Yahoo 1m: 8 days per request, 30 days back (the provider's own error texts); 7 and 29.5 leave a margin for retries.
 * - CoinGecko /ohlc: candle size by days (1 → 30 min, 7…30 → 4 h, 90…365 → 4 days), cached for 15 min; the candle that
 *   ends at midnight UTC is ready at 00:35.
 */
export const PROVIDERS = {
  yahoo: provider({
    name: 'Yahoo Finance',
    defaultBaseUrl: 'https://query2.finance.yahoo.com',
    assetClasses: ['stock'],
    maxInFlight: 4,
    monthlyQuota: null,
    separateQuotes: false,
    stored: {
      '1m': { settleMs: 8 * SECOND, reachMs: 29.5 * DAY, maxWindowMs: 7 * DAY, overlapBars: 10, recheckMs: 3 * MINUTE },
      // the closing auction prints after the official close (Xetra 17:35), and the row is restamped for a while
      '1d': { settleMs: 20 * MINUTE, reachMs: null, maxWindowMs: null, overlapBars: 3, recheckMs: 0 },
    },
    served: {
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
    defaults: {
      '1d': '1m',
      '5d': '5m',
      '1mo': '1d',
      '6mo': '1d',
      ytd: '1d',
      '1y': '1d',
      '5y': '1w',
      max: '1mo',
      none: '1d',
    },
    finerDefaults: { '1mo': '30m' },
    live: '1m',
    reference: '1d',
  }),
  coingecko: provider({
    name: 'CoinGecko',
    defaultBaseUrl: 'https://api.coingecko.com/api/v3',
    assetClasses: ['crypto'],
    maxInFlight: 1,
    monthlyQuota: 10_000,
    separateQuotes: true,
    stored: {
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
    // neither a week nor a month is a whole number of 4-day candles
    served: { '30m': '30m', '1h': '30m', '4h': '4h', '1d': '4h', '4d': '4d', '1w': '4h', '1mo': '4h' },
    defaults: {
      '1d': '30m',
      '5d': '4h',
      '1mo': '4h',
      '6mo': '4d',
      ytd: '4d',
      '1y': '4d',
      '5y': '4d',
      max: '4d',
      none: '30m',
    },
    finerDefaults: {},
    live: '30m',
    reference: '30m',
  }),
} satisfies Record<ProviderId, ProviderCatalog>;

/** The providers that serve a class of assets. */
export const providersOf = (assetClass: AssetClass): ProviderCatalog[] =>
  Object.values(PROVIDERS).filter(({ assetClasses }) => assetClasses.includes(assetClass));

/** @throws RangeError if the provider does not have that timeframe */
export function seriesLimits(provider: ProviderId, timeframe: StoredTimeframe): SeriesLimits {
  const limits = PROVIDERS[provider].stored[timeframe];
  if (!limits) throw new RangeError(`${provider} has no ${timeframe} bars`);
  return limits;
}
export const timeframesOf = (provider: ProviderId): StoredTimeframe[] =>
  Object.keys(PROVIDERS[provider].stored) as StoredTimeframe[];
