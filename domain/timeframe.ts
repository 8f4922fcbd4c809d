/** The timeframes that are stored, as the providers have them. All others are aggregated on read. */
export const STORED_TIMEFRAMES = ['1m', '30m', '4h', '1d', '4d'] as const;
export type StoredTimeframe = (typeof STORED_TIMEFRAMES)[number];

/** All timeframes, stored or aggregated, shortest first. */
export const TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '4d', '1w', '1mo'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Nominal length of one bar, ms. A `1d` bar lasts one session of its exchange; here it has the length of its label. */
export const TIMEFRAME_MS = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '4h': 4 * HOUR,
  '1d': DAY,
  '4d': 4 * DAY,
  '1w': 7 * DAY,
} satisfies Record<Exclude<Timeframe, '1mo'>, number>;

type DateLabelled = '1d' | '4d' | '1w' | '1mo';

/** The time of bars of `1d` and longer is 00:00Z of the trading date: a label, not an instant. */
export const isDateLabelled = (timeframe: Timeframe): timeframe is DateLabelled =>
  timeframe === '1mo' || TIMEFRAME_MS[timeframe] >= DAY;

export const isStoredTimeframe = (value: string): value is StoredTimeframe =>
  (STORED_TIMEFRAMES as readonly string[]).includes(value);
