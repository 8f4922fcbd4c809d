import { DAY, isDateLabelled, MINUTE, TIMEFRAME_MS, type StoredTimeframe } from '../timeframe.js';

/** With fewer rows, the bars of quiet minutes may be as far apart by chance. */
const ROWS_OF_LENGTH = 20;
/** Days of trading are closer together, weeks are not: one with a holiday may be labelled with a later day. */
const LEAST_DAYS_OF_WEEKS = 5;

/**
 * The shortest time between rows that are too far apart for bars of a timeframe, ms: bars of five minutes would be stored
 * as every fifth minute, and those of weeks as days. Null if the rows may be such bars.
 * @param times of all rows, empty ones too, in any order; the time of a live price, between two minutes, is that of no bar
 */
export function otherLength(times: readonly number[], timeframe: StoredTimeframe): number | null {
  const ascending = Float64Array.from(new Set(times.filter((time) => time % MINUTE === 0))).sort();
  if (ascending.length < ROWS_OF_LENGTH) return null;
  const steps = ascending.slice(1).map((time, i) => time - ascending[i]!);
  const shortest = steps.reduce((least, step) => Math.min(least, step));
  if (isDateLabelled(timeframe)) return shortest < LEAST_DAYS_OF_WEEKS * DAY ? null : shortest;
  return shortest <= TIMEFRAME_MS[timeframe] || steps.some((step) => step % shortest !== 0) ? null : shortest;
}
