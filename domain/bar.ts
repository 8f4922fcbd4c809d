import type { StoredTimeframe } from './timeframe.js';

/** OHLCV bars of one series as columns: arrays of equal length, sorted by time, one row per time. */
export interface BarColumns {
  /** The bar's OPEN, epoch ms UTC; for `1d` and longer 00:00Z of the trading date. */
  time: number[];
  /** Trading date of each bar, YYYY-MM-DD, in the exchange's time zone (UTC for coins). */
  session: string[];
  /** Prices in the asset's quote currency. */
  open: number[];
  high: number[];
  low: number[];
  close: number[];
  /** Units traded; null if the provider has no per-bar volume (never 0 for "unknown"). */
  volume: (number | null)[];
}

/** Bars without their trading dates, which most readers do not need. */
export type PriceColumns = Omit<BarColumns, 'session'>;

/** The rows of an index range, with the arguments of `Array.prototype.slice`. */
export const sliceColumns = (
  { time, open, high, low, close, volume }: PriceColumns,
  begin: number,
  end?: number,
): PriceColumns => ({
  time: time.slice(begin, end),
  open: open.slice(begin, end),
  high: high.slice(begin, end),
  low: low.slice(begin, end),
  close: close.slice(begin, end),
  volume: volume.slice(begin, end),
});

/** Identifies a series of bars. */
export interface SeriesKey {
  assetId: number;
  timeframe: StoredTimeframe;
}

/** A key as a string, for maps. */
export const keyOf = ({ assetId, timeframe }: SeriesKey): string => `${assetId}/${timeframe}`;

/** A half-open window [from, to) of bar opens, epoch ms, market clock. */
export interface Window {
  from: number;
  to: number;
}

export const emptyColumns = (): BarColumns => ({
  time: [],
  session: [],
  open: [],
  high: [],
  low: [],
  close: [],
  volume: [],
});
