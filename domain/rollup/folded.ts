import type { PriceColumns } from '../bar.js';
import type { Calendar } from '../calendars/index.js';
import type { Bucket, RollUp } from './buckets.js';
import { missingSlots, rollUpBars, type MissingSlot } from './roll-up.js';

/** Rolled-up bars, ascending: the bucket of each, and the expected base bars that it was made without. */
export interface FoldedBars {
  bars: PriceColumns;
  buckets: Bucket[];
  missing: MissingSlot[][];
}

export const NOTHING_FOLDED: FoldedBars = {
  bars: { time: [], open: [], high: [], low: [], close: [], volume: [] },
  buckets: [],
  missing: [],
};

/** As `rollUpBars`, with what is missing. */
export function foldBars(
  calendar: Calendar,
  rollUp: RollUp,
  bars: PriceColumns,
  buckets: readonly Bucket[],
): FoldedBars {
  const rolled = rollUpBars(bars, buckets);
  return { bars: rolled.bars, buckets: rolled.buckets, missing: missingSlots(calendar, rollUp, rolled, bars.time) };
}

export const joinFolded = (older: FoldedBars, newer: FoldedBars): FoldedBars => ({
  bars: eachColumn((name) => [...older.bars[name], ...newer.bars[name]]),
  buckets: [...older.buckets, ...newer.buckets],
  missing: [...older.missing, ...newer.missing],
});

/** The rows from one index to before another, as `Array.prototype.slice` counts them. */
export const sliceFolded = ({ bars, buckets, missing }: FoldedBars, from: number, to?: number): FoldedBars => ({
  bars: eachColumn((name) => bars[name].slice(from, to)),
  buckets: buckets.slice(from, to),
  missing: missing.slice(from, to),
});

const eachColumn = (make: (name: keyof PriceColumns) => (number | null)[]): PriceColumns =>
  Object.fromEntries(COLUMNS.map((name) => [name, make(name)])) as unknown as PriceColumns;
const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
