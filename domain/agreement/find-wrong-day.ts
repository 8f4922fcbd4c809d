import type { PriceColumns } from '../bar.js';
import { DAY } from '../timeframe.js';
import { type AlignedBars, PRICE_FIELDS, type SourceBars } from './align-bars.js';
import type { Finding, Side } from './finding.js';

/** Two days are the same if they differ by so much less than sources may. */
const SAME_DAY = 5;

interface Day {
  bars: PriceColumns;
  i: number;
}

/** A daily bar that repeats the one before in all prices, while that of the other source does not. */
export function findStaleDay(
  aligned: AlignedBars,
  source: SourceBars,
  other: SourceBars,
  { tolerance }: { tolerance: number },
): Finding | null {
  const time = aligned.time[0]!;
  const sides: [Side, SourceBars, SourceBars][] = [
    ['source', source, other],
    ['other', other, source],
  ];
  for (const [side, hanging, moving] of sides) {
    const [today, before] = daysAt(hanging, time);
    const [itsToday, itsBefore] = daysAt(moving, time);
    if (!today || !before || !itsToday || !itsBefore) continue;
    if (!areEqual(today, before, 0) || areEqual(itsToday, itsBefore, tolerance)) continue;
    const [price, then] = [today.bars.close[today.i]!, itsBefore.bars.close[itsBefore.i]!];
    const range = Math.abs(itsToday.bars.close[itsToday.i]! / then - 1);
    return { kind: 'stale', from: time, to: time, bars: 1, evidence: { side, price, changes: 1, range } };
  }
  return null;
}

/** A daily bar that is the one of the session before at the other source, or the other way round. */
export function findShiftedDay(
  aligned: AlignedBars,
  source: SourceBars,
  other: SourceBars,
  { tolerance }: { tolerance: number },
): Finding | null {
  const time = aligned.time[0]!;
  const [today, before] = daysAt(source, time);
  const [otherToday, otherBefore] = daysAt(other, time);
  if (!today || !otherToday || areEqual(today, otherToday, tolerance)) return null;
  const isLate = before !== null && areEqual(otherToday, before, tolerance / SAME_DAY);
  const isEarly = otherBefore !== null && areEqual(today, otherBefore, tolerance / SAME_DAY);
  if (isLate === isEarly) return null;
  const from = isLate ? before.bars.time[before.i]! : otherBefore!.bars.time[otherBefore!.i]!;
  const lag = (isLate ? time - from : from - time) / 1_000;
  return { kind: 'shift', from: time, to: time, bars: 1, evidence: { lagSeconds: lag, explained: 1 } };
}

/** The daily bar of a date, and the last one before it, at most ten days earlier. */
function daysAt({ bars }: SourceBars, time: number): [today: Day | null, before: Day | null] {
  const i = bars.time.indexOf(time);
  const hasBefore = i > 0 && time - bars.time[i - 1]! <= 10 * DAY;
  return [i < 0 ? null : { bars, i }, hasBefore ? { bars, i: i - 1 } : null];
}

/** @param tolerance a fraction */
const areEqual = (a: Day, b: Day, tolerance: number): boolean =>
  PRICE_FIELDS.every((field) => Math.abs(a.bars[field][a.i]! / b.bars[field][b.i]! - 1) <= tolerance);
