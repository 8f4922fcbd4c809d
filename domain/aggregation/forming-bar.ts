import type { PriceColumns } from '../bar.js';
import type { Calendar } from '../calendars/index.js';
import { DAY, isDateLabelled, TIMEFRAME_MS, type StoredTimeframe, type Timeframe } from '../timeframe.js';
import type { ServedTimeframes } from '../series/timeframes.js';
import { bucketsBetween, type Aggregation, type Bucket } from './buckets.js';

/** A price, and when it was valid: market clock, epoch ms. */
export interface LivePrice {
  price: number;
  time: number;
}

/** A bar whose bucket has not ended, or whose last base bar is not final yet. It is never stored. */
export interface FormingBar {
  /** As the final bar will be labelled, epoch ms. */
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Of the bars in it; null if the provider has no volumes. */
  volume: number | null;
  /** When the earliest and the latest price in it were valid, epoch ms. */
  since: number;
  until: number;
}

/** Covers the longest bucket that belongs to one session. */
const LOOK_BACK_MS = 4 * DAY;

/** The bucket that an instant falls in, or the last one before it. */
export function bucketAt(calendar: Calendar, aggregation: Aggregation, instant: number): Bucket | null {
  return bucketsBetween(calendar, aggregation, instant - LOOK_BACK_MS, instant + 1).at(-1) ?? null;
}

/** When the prices of a bucket are from: dates label buckets from `1d` on, and their first session may open earlier. */
export const spanOf = (timeframe: Timeframe, { from, close, sessions }: Bucket): { from: number; to: number } => ({
  from: isDateLabelled(timeframe) ? Math.min(from, sessions[0]!.open) : from,
  to: close,
});

/**
 * The stored timeframes that a forming bar is put together from, longest first: each continues where the one before ends.
 * For a stored timeframe those are the shorter ones; the shortest has none, and only a live price.
 */
export function piecesOf(
  provider: ServedTimeframes & { stored: Partial<Record<StoredTimeframe, unknown>> },
  timeframe: Timeframe,
): StoredTimeframe[] {
  const base = provider.served[timeframe]!;
  const length = (stored: StoredTimeframe) => TIMEFRAME_MS[stored];
  return (Object.keys(provider.stored) as StoredTimeframe[])
    .filter((stored) => (base === timeframe ? length(stored) < length(base) : length(stored) <= length(base)))
    .sort((a, b) => length(b) - length(a));
}

/**
 * @param bars of the bucket, ascending, in non-overlapping pieces
 * @param until the end of the last one
 * @param quote counts if it is newer than the bars
 * @returns null if there is neither a bar nor a live price
 */
export function formingBar(
  timeframe: Timeframe,
  bucket: Bucket,
  bars: readonly PriceColumns[],
  until: number | null,
  quote: LivePrice | null,
): FormingBar | null {
  const column = <K extends keyof PriceColumns>(name: K) =>
    bars.flatMap((part) => part[name] as PriceColumns[K][number][]);
  const live = quote && quote.time >= (until ?? spanOf(timeframe, bucket).from) ? quote : null;
  const prices = live ? [live.price] : [];
  const [open, close] = [column('open')[0] ?? live?.price, live?.price ?? column('close').at(-1)];
  if (open === undefined || close === undefined) return null;
  const volumes = column('volume');
  return {
    time: bucket.time,
    open,
    high: [...column('high'), ...prices].reduce((a, b) => Math.max(a, b)),
    low: [...column('low'), ...prices].reduce((a, b) => Math.min(a, b)),
    close,
    volume: volumes.length === 0 || volumes.includes(null) ? null : volumes.reduce<number>((sum, v) => sum + v!, 0),
    since: column('time')[0] ?? live!.time,
    until: live?.time ?? until!,
  };
}
