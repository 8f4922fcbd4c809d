import type { PriceColumns } from '../bar.js';
import type { Calendar } from '../calendars/index.js';
import { slotsOf } from '../calendars/slots.js';
import type { Bucket, Aggregation } from './buckets.js';

/** Rolled-up bars, a bucket each, and the base bars of each: those from index `begin` to before `end`. */
export interface Aggregated {
  bars: PriceColumns;
  buckets: Bucket[];
  begin: number[];
  end: number[];
}

/**
 * Folds bars into buckets: the first open, the highest high, the lowest low, the last close, and the sum of the volumes,
 * null where one of them has none. A bucket without bars gives none; a bar outside all buckets is left out.
 * @param bars ascending
 * @param buckets ascending, none overlapping another
 */
export function aggregateBars(bars: PriceColumns, buckets: readonly Bucket[]): Aggregated {
  const { time, open, high, low, close, volume } = bars;
  const columns: PriceColumns = { time: [], open: [], high: [], low: [], close: [], volume: [] };
  const result: Aggregated = { bars: columns, buckets: [], begin: [], end: [] };
  let i = 0;
  for (const bucket of buckets) {
    while (i < time.length && time[i]! < bucket.from) i++;
    const begin = i;
    let highest = Number.NEGATIVE_INFINITY;
    let lowest = Number.POSITIVE_INFINITY;
    let traded: number | null = 0;
    for (; i < time.length && time[i]! < bucket.to; i++) {
      if (high[i]! > highest) highest = high[i]!;
      if (low[i]! < lowest) lowest = low[i]!;
      const units = volume[i]!;
      traded = traded === null || units === null ? null : traded + units;
    }
    if (i === begin) continue;
    columns.time.push(bucket.time);
    columns.open.push(open[begin]!);
    columns.high.push(highest);
    columns.low.push(lowest);
    columns.close.push(close[i - 1]!);
    columns.volume.push(traded);
    result.buckets.push(bucket);
    result.begin.push(begin);
    result.end.push(i);
  }
  return result;
}

/** A base bar that is expected and not there. */
export interface MissingSlot {
  /** Trading date of its session, and its place among the session's slots. */
  session: string;
  index: number;
  /** Its open, epoch ms. */
  time: number;
}

/**
 * The expected base bars that each rolled-up bar was made without.
 * @param times of the base bars that were rolled up
 */
export function missingSlots(
  calendar: Calendar,
  { base }: Aggregation,
  { buckets, begin, end }: Aggregated,
  times: readonly number[],
): MissingSlot[][] {
  let current = { session: '', slots: [] as number[] };
  return buckets.map((bucket, row) => {
    const missing: MissingSlot[] = [];
    let next = begin[row]!;
    if (end[row]! - next === bucket.expected) return missing;
    for (const session of bucket.sessions) {
      if (session.date !== current.session) {
        current = { session: session.date, slots: slotsOf(calendar.id, base, session) };
      }
      current.slots.forEach((time, index) => {
        if (time < bucket.from || time >= bucket.to) return;
        while (next < end[row]! && times[next]! < time) next++;
        if (next < end[row]! && times[next] === time) next++;
        else missing.push({ session: session.date, index, time });
      });
    }
    return missing;
  });
}
