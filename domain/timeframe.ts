/** The timeframes that are stored, each the provider's own; anything else is rolled up on read. */
export const STORED_TIMEFRAMES = ['1m', '30m', '4h', '1d', '4d'] as const;
export type StoredTimeframe = (typeof STORED_TIMEFRAMES)[number];

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Nominal length of one bar in ms. A `1d` bar lasts one session of its exchange; its length here is that of its label. */
export const TIMEFRAME_MS = {
  '1m': MINUTE,
  '30m': 30 * MINUTE,
  '4h': 4 * HOUR,
  '1d': DAY,
  '4d': 4 * DAY,
} satisfies Record<StoredTimeframe, number>;

/** `1d` and longer bars are labelled 00:00Z of the trading date: a label, not an instant. */
export const isDateLabelled = (timeframe: StoredTimeframe): boolean => TIMEFRAME_MS[timeframe] >= DAY;

export const isStoredTimeframe = (value: string): value is StoredTimeframe =>
  (STORED_TIMEFRAMES as readonly string[]).includes(value);
