import type { ResponseLimits } from '../../domain/planning/group-windows.js';
import type { SeriesLimits } from '../../domain/planning/series-limits.js';
import type { Range } from '../../domain/series/range.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { ASSET_KINDS, type AssetClass, type AssetKind, classOf } from './asset-kinds.js';

/** The providers that are asked for bars. */
export const ASKED_PROVIDER_IDS = ['yahoo', 'coingecko', 'alpaca', 'coinbase'] as const;
export type AskedProviderId = (typeof ASKED_PROVIDER_IDS)[number];

/** All that bars come from: `file` stands for files that a person imports. */
export const PROVIDER_IDS = [...ASKED_PROVIDER_IDS, 'file'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** Whether bars are requested from it: own files are imported instead. */
export const isAsked = (provider: ProviderId): provider is AskedProviderId =>
  (ASKED_PROVIDER_IDS as readonly ProviderId[]).includes(provider);

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
  /** For people: its page, and the terms under which its data may be used. */
  homepage: string;
  terms: string;
  /** Overridden by the variable ID_BASE_URL. */
  defaultBaseUrl: string;
  /** Of all workers together. Overridden by the variable ID_RPS. */
  requestsPerSecond: number;
  /** Environment variables without which it is off. */
  keys: readonly string[];
  /** Environment variables of a key that it can do without. */
  optionalKeys: readonly string[];
  kinds: readonly AssetKind[];
  /** Of these, the kinds that have one price a day: only their daily bars are stored. */
  dailyKinds: readonly AssetKind[];
  /** It has a search, so its instruments can be found and added. */
  searches: boolean;
  /** Whether a symbol names one of its instruments, so that it says which one another provider means by it. */
  uniqueSymbols: boolean;
  /** The markets whose assets it has; null = any. */
  exchanges: readonly CalendarId[] | null;
  /** How much one request for the newest bars of several symbols may be for; null = one symbol. */
  many: ResponseLimits | null;
  /** Whether its bars have a volume. */
  hasVolume: boolean;
  /** Whether its payloads tell of splits and dividends. */
  hasActions: boolean;
  /** How late its newest bars are, ms; null = as late as the free feed of each exchange. */
  delayMs: number | null;
  /** If it has several feeds: the environment variable that chooses one, and how late each is, ms. */
  feeds?: { variable: string; delays: Readonly<Record<string, number>> };
  /** Concurrent requests of all workers together; bulk work gets at most half. */
  maxInFlight: number;
  /** Calls per calendar month in the free plan; null = unlimited. */
  monthlyQuota: number | null;
  /** Where live prices come from: with the bars, or from a separate request for all assets at once. */
  quotes: 'with_bars' | 'separate' | 'none';
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

/** Alpaca's history of stocks begins here. */
const ALPACA_BEGINS = Date.UTC(2016, 0, 1);

const OF_A_FILE: SeriesLimits = { settleMs: 0, reachMs: 0, maxWindowMs: null, overlapBars: 0, recheckMs: 0 };

/** Bars of stocks: minutes, and days that the provider has longer than minutes. */
const STOCK_TIMEFRAMES = {
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
} as const;

/**
 * Sources: docs/providers.md.
 * - Yahoo 1m: 8 days per request, 30 days back (the provider's own error texts); 7 and 29.5 leave a margin for retries.
 * - CoinGecko /ohlc: candle size by days (1 → 30 min, 7…30 → 4 h, 90…365 → 4 days), cached for 15 min; the candle that
 *   ends at midnight UTC is ready at 00:35.
 */
export const PROVIDERS = {
  yahoo: provider({
    name: 'Yahoo Finance',
    homepage: 'https://finance.yahoo.com',
    terms: 'https://legal.yahoo.com/us/en/yahoo/terms/otos/index.html',
    defaultBaseUrl: 'https://query2.finance.yahoo.com',
    requestsPerSecond: 8,
    keys: [],
    optionalKeys: [],
    kinds: ['equity', 'etf', 'index', 'fund', 'currency', 'coin'],
    dailyKinds: ['fund'],
    searches: true,
    uniqueSymbols: true,
    exchanges: null,
    many: null,
    hasVolume: true,
    hasActions: true,
    delayMs: null,
    maxInFlight: 4,
    monthlyQuota: null,
    quotes: 'with_bars',
    stored: {
      '1m': { settleMs: 8 * SECOND, reachMs: 29.5 * DAY, maxWindowMs: 7 * DAY, overlapBars: 10, recheckMs: 3 * MINUTE },
      // the closing auction prints after the official close (Xetra 17:35), and the row is restamped for a while
      '1d': { settleMs: 20 * MINUTE, reachMs: null, maxWindowMs: null, overlapBars: 3, recheckMs: 0 },
    },
    ...STOCK_TIMEFRAMES,
  }),
  coingecko: provider({
    name: 'CoinGecko',
    homepage: 'https://www.coingecko.com',
    terms: 'https://www.coingecko.com/en/api_terms',
    defaultBaseUrl: 'https://api.coingecko.com/api/v3',
    requestsPerSecond: 0.66,
    keys: [],
    optionalKeys: ['COINGECKO_API_KEY'],
    kinds: ['coin'],
    dailyKinds: [],
    searches: true,
    uniqueSymbols: false,
    exchanges: ['24/7'],
    many: null,
    hasVolume: false,
    hasActions: false,
    delayMs: 0,
    maxInFlight: 1,
    monthlyQuota: 10_000,
    quotes: 'separate',
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
  alpaca: provider({
    name: 'Alpaca',
    homepage: 'https://alpaca.markets',
    terms: 'https://alpaca.markets/disclosures',
    defaultBaseUrl: 'https://data.alpaca.markets',
    requestsPerSecond: 3,
    keys: ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY'],
    optionalKeys: [],
    kinds: ['equity', 'etf'],
    dailyKinds: [],
    searches: false,
    uniqueSymbols: true,
    exchanges: ['XNYS'],
    many: { symbols: 200, bars: 10_000 },
    hasVolume: true,
    hasActions: true,
    delayMs: 15 * MINUTE,
    feeds: { variable: 'ALPACA_FEED', delays: { sip: 15 * MINUTE, iex: 0 } },
    maxInFlight: 4,
    monthlyQuota: null,
    quotes: 'none',
    stored: {
      // counted again 30 s after its end; ten sessions with their pre- and post-market minutes fill a page
      '1m': {
        settleMs: 36 * SECOND,
        reachMs: null,
        since: ALPACA_BEGINS,
        unaskedMs: 30 * DAY,
        maxWindowMs: 14 * DAY,
        overlapBars: 10,
        recheckMs: 3 * MINUTE,
      },
      // the volume of a day grows until the post-market ends at 20:00
      '1d': {
        settleMs: 4 * HOUR + 10 * MINUTE,
        reachMs: null,
        since: ALPACA_BEGINS,
        maxWindowMs: null,
        overlapBars: 3,
        recheckMs: 0,
      },
    },
    ...STOCK_TIMEFRAMES,
  }),
  coinbase: provider({
    name: 'Coinbase Exchange',
    homepage: 'https://exchange.coinbase.com',
    terms: 'https://www.coinbase.com/legal/market_data',
    defaultBaseUrl: 'https://api.exchange.coinbase.com',
    requestsPerSecond: 8,
    keys: [],
    optionalKeys: [],
    kinds: ['coin'],
    dailyKinds: [],
    searches: false,
    uniqueSymbols: true,
    exchanges: ['24/7'],
    many: null,
    hasVolume: true,
    hasActions: false,
    delayMs: 0,
    maxInFlight: 4,
    monthlyQuota: null,
    quotes: 'none',
    stored: {
      // a response may be a copy that is 5 s old; a day and its overlap are five pages
      '1m': {
        settleMs: 10 * SECOND,
        reachMs: 365 * DAY,
        unaskedMs: 30 * DAY,
        maxWindowMs: DAY,
        overlapBars: 5,
        recheckMs: 3 * MINUTE,
      },
    },
    served: { '1m': '1m', '5m': '1m', '15m': '1m', '30m': '1m', '1h': '1m', '4h': '1m', '1d': '1m' },
    defaults: {
      '1d': '5m',
      '5d': '30m',
      '1mo': '4h',
      '6mo': '1d',
      ytd: '1d',
      '1y': '1d',
      '5y': '1d',
      max: '1d',
      none: '1m',
    },
    finerDefaults: {},
    live: '1m',
    reference: '1m',
  }),
  file: provider({
    name: 'Own files',
    ...{ homepage: '', terms: '', defaultBaseUrl: '' },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    keys: [],
    optionalKeys: [],
    kinds: ASSET_KINDS,
    dailyKinds: [],
    searches: false,
    uniqueSymbols: false,
    exchanges: null,
    many: null,
    hasVolume: true,
    hasActions: false,
    delayMs: 0,
    maxInFlight: 1,
    monthlyQuota: null,
    quotes: 'none',
    // it reaches back no time at all: nothing is requested, and what a file lacks cannot be had
    stored: { '1m': OF_A_FILE, '1d': OF_A_FILE },
    ...STOCK_TIMEFRAMES,
  }),
} satisfies Record<ProviderId, ProviderCatalog>;

/** The providers that serve a class of assets. */
export const providersOf = (assetClass: AssetClass): ProviderCatalog[] =>
  Object.values(PROVIDERS).filter(({ kinds }) => kinds.some((kind) => classOf(kind) === assetClass));

/** The environment variables that hold the key of a provider. */
export const keysOf = (provider: ProviderId): readonly string[] => [
  ...PROVIDERS[provider].keys,
  ...PROVIDERS[provider].optionalKeys,
];

/** How many requests the newest bars of so many assets take. */
export const requestsOfRound = (provider: ProviderId, assets: number): number =>
  Math.ceil(assets / (PROVIDERS[provider].many?.symbols ?? 1));

/** @throws RangeError if the provider does not have that timeframe */
export function seriesLimits(provider: ProviderId, timeframe: StoredTimeframe): SeriesLimits {
  const limits = PROVIDERS[provider].stored[timeframe];
  if (!limits) throw new RangeError(`${provider} has no ${timeframe} bars`);
  return limits;
}

/** All stored timeframes of a provider, shortest first: some kinds have fewer. */
export const timeframesOfProvider = (provider: ProviderId): StoredTimeframe[] =>
  Object.keys(PROVIDERS[provider].stored) as StoredTimeframe[];
