import type { CalendarId } from '../domain/calendars/calendar.js';
import type { SeriesLimits } from '../domain/series-limits.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe } from '../domain/timeframe.js';

export const PROVIDER_IDS = ['yahoo', 'coingecko'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

export type AssetClass = 'stock' | 'crypto';

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

export interface ExchangeCatalog {
  name: string;
  timezone: string;
  /** How late the free feed of this exchange is: its newest bars are missing, not null. ms. */
  delayMs: number;
}

/** The markets that assets trade on, by calendar. `24/7` is the market of coins. */
export const EXCHANGES = {
  XNYS: { name: 'New York', timezone: 'America/New_York', delayMs: 0 },
  XETR: { name: 'Frankfurt (Xetra)', timezone: 'Europe/Berlin', delayMs: 15 * MINUTE },
  XPAR: { name: 'Paris', timezone: 'Europe/Paris', delayMs: 15 * MINUTE },
  XHKG: { name: 'Hong Kong', timezone: 'Asia/Hong_Kong', delayMs: 15 * MINUTE },
  '24/7': { name: 'Around the clock', timezone: 'UTC', delayMs: 0 },
} satisfies Record<CalendarId, ExchangeCatalog>;

export interface AssetSeed {
  symbol: string;
  name: string;
  assetClass: AssetClass;
  provider: ProviderId;
  /** The provider's own name for it: Yahoo's ticker, CoinGecko's coin id. */
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
}

const stock = (symbol: string, name: string, exchange: CalendarId = 'XNYS', currency = 'USD'): AssetSeed => ({
  symbol,
  name,
  assetClass: 'stock',
  provider: 'yahoo',
  providerSymbol: symbol,
  exchange,
  currency,
});
const coin = (symbol: string, name: string, providerSymbol: string): AssetSeed => ({
  symbol,
  name,
  assetClass: 'crypto',
  provider: 'coingecko',
  providerSymbol,
  exchange: '24/7',
  currency: 'USD',
});

/** What a first start tracks. Afterwards the table `assets` decides: a new asset is a row there. */
export const FIRST_ASSETS: readonly AssetSeed[] = [
  stock('SPY', 'SPDR S&P 500 ETF'),
  stock('NVDA', 'NVIDIA'),
  stock('MSFT', 'Microsoft'),
  stock('SIE.DE', 'Siemens', 'XETR', 'EUR'),
  stock('GOOGL', 'Alphabet'),
  stock('PLTR', 'Palantir'),
  stock('URTH', 'iShares MSCI World ETF'),
  coin('BTC', 'Bitcoin', 'bitcoin'),
  coin('ETH', 'Ethereum', 'ethereum'),
  coin('SOL', 'Solana', 'solana'),
  coin('XRP', 'XRP', 'ripple'),
];

/** Timing of the live schedules; `offsetMs` is the second of the grid at which a bar that just closed is final. */
export const PIPELINES = {
  stocks_1min: {
    title: 'Weekdays · every minute',
    gridMs: MINUTE,
    offsetMs: 10 * SECOND,
    provider: 'yahoo',
    timeframes: ['1m'],
  },
  stocks_1d: {
    title: 'Every 30 minutes, after a close',
    gridMs: 30 * MINUTE,
    offsetMs: 40 * SECOND,
    provider: 'yahoo',
    timeframes: ['1d'],
  },
  crypto_20min: {
    title: '24/7 · every 20 minutes',
    gridMs: 20 * MINUTE,
    offsetMs: 0,
    provider: 'coingecko',
    timeframes: ['30m', '4h', '4d'],
  },
} as const satisfies Record<
  string,
  { title: string; gridMs: number; offsetMs: number; provider: ProviderId; timeframes: StoredTimeframe[] }
>;

export type LivePipeline = keyof typeof PIPELINES;

/** Upkeep of what is stored. Five minutes past the half hour, the runs that a close brings are done. */
export const UPKEEP = {
  heal_gaps: { title: 'Every 30 minutes', gridMs: 30 * MINUTE, offsetMs: 5 * MINUTE },
  verify_bars: { title: 'Every 30 minutes, what is due', gridMs: 30 * MINUTE, offsetMs: MINUTE },
} as const;
export type UpkeepPipeline = keyof typeof UPKEEP;

/** What has a row a run in pipeline_runs. */
export type Pipeline = LivePipeline | UpkeepPipeline | 'backfill' | 'adjust_splits';

/** The grid of each pipeline that a schedule starts. */
export const GRIDS: Readonly<Record<LivePipeline | UpkeepPipeline, { gridMs: number; offsetMs: number }>> = {
  ...PIPELINES,
  ...UPKEEP,
};

/** How long after a failed answer the same pending slots are asked for again, by attempt; the last one repeats. */
export const PENDING_BACKOFF_MS = [MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
