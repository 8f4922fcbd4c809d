import type { PriceColumns } from '../bar.js';
import type { Calendar } from '../calendars/index.js';
import type { Bucket, Aggregation } from './buckets.js';
import { missingSlots, aggregateBars, type MissingSlot } from './aggregate.js';

/** Rolled-up bars, ascending: the bucket of each, and the expected base bars that it was made without. */
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

/** As `rollUpBars`, with what is missing. */
export function toAggregateBars(
  calendar: Calendar,
  rollUp: Aggregation,
  bars: PriceColumns,
  buckets: readonly Bucket[],
): AggregateBars {
  const rolled = aggregateBars(bars, buckets);
  return { bars: rolled.bars, buckets: rolled.buckets, missing: missingSlots(calendar, rollUp, rolled, bars.time) };
}

export const joinAggregates = (older: AggregateBars, newer: AggregateBars): AggregateBars => ({
  bars: eachColumn((name) => [...older.bars[name], ...newer.bars[name]]),
  buckets: [...older.buckets, ...newer.buckets],
  missing: [...older.missing, ...newer.missing],
});

/** The rows from one index to before another, as `Array.prototype.slice` counts them. */
export const sliceAggregates = (
  { bars, buckets, missing }: AggregateBars,
  from: number,
  to?: number,
): AggregateBars => ({
  bars: eachColumn((name) => bars[name].slice(from, to)),
  buckets: buckets.slice(from, to),
  missing: missing.slice(from, to),
});

const eachColumn = (make: (name: keyof PriceColumns) => (number | null)[]): PriceColumns =>
  Object.fromEntries(COLUMNS.map((name) => [name, make(name)])) as unknown as PriceColumns;
const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
