import type { PriceColumns } from '../bar.js';
import type { Calendar } from '../calendars/index.js';
import { slotsOf } from '../calendars/slots.js';
import type { Aggregation, Bucket } from './buckets.js';

/** Aggregate bars, one per bucket. The base bars of row i are those from index `begin[i]` up to, excluding, `end[i]`. */
export interface Aggregated {
  bars: PriceColumns;
  buckets: Bucket[];
  begin: number[];
  end: number[];
}

/**
 * Aggregates bars into buckets: the first open, the highest high, the lowest low, the last close and the sum of the
 * volumes, which is null if any of them is unknown. A bucket without bars yields none; a bar outside all buckets is left
 * out.
 * @param bars ascending
 * @param buckets ascending, without overlap
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
    columns.volume.push(traded === null ? null : withoutNoise(traded));
    result.buckets.push(bucket);
    result.begin.push(begin);
    result.end.push(i);
  }
  return result;
}

/** Digits that a sum of decimal numbers keeps: a binary number has no more that are sure. */
const SIGNIFICANT_DIGITS = 15;
/** A sum as the decimal number that it stands for: 0.1 + 0.2 is 0.3. */
const withoutNoise = (sum: number): number => Number(sum.toPrecision(SIGNIFICANT_DIGITS));

/** A base bar that is expected but not stored. */
export interface MissingSlot {
  /** Trading date of its session, and its index among the session's slots. */
  session: string;
  index: number;
  /** Its open, epoch ms. */
  time: number;
}

/**
 * The expected base bars that each aggregate bar lacks.
 * @param times opens of the base bars that were aggregated
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

/** Aggregate bars, ascending, with the bucket of each and the expected base bars that it lacks. */
export interface AggregateBars {
  bars: PriceColumns;
  buckets: Bucket[];
  missing: MissingSlot[][];
}

export const NO_AGGREGATES: AggregateBars = {
  bars: { time: [], open: [], high: [], low: [], close: [], volume: [] },
  buckets: [],
  missing: [],
};

/** `aggregateBars` together with `missingSlots`. */
export function toAggregateBars(
  calendar: Calendar,
  aggregation: Aggregation,
  bars: PriceColumns,
  buckets: readonly Bucket[],
): AggregateBars {
  const aggregated = aggregateBars(bars, buckets);
  const missing = missingSlots(calendar, aggregation, aggregated, bars.time);
  return { bars: aggregated.bars, buckets: aggregated.buckets, missing };
}

export const joinAggregates = (older: AggregateBars, newer: AggregateBars): AggregateBars => ({
  bars: mapColumns((name) => [...older.bars[name], ...newer.bars[name]]),
  buckets: [...older.buckets, ...newer.buckets],
  missing: [...older.missing, ...newer.missing],
});

/** The rows of an index range, with the arguments of `Array.prototype.slice`. */
export const sliceAggregates = (
  { bars, buckets, missing }: AggregateBars,
  from: number,
  to?: number,
): AggregateBars => ({
  bars: mapColumns((name) => bars[name].slice(from, to)),
  buckets: buckets.slice(from, to),
  missing: missing.slice(from, to),
});

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const mapColumns = (columnOf: (name: keyof PriceColumns) => (number | null)[]): PriceColumns =>
  Object.fromEntries(COLUMNS.map((name) => [name, columnOf(name)])) as unknown as PriceColumns;
