import { type Calendar, knownUpTo } from './calendar.js';
import { stretchesOf } from './slots.js';

/**
 * How much of the half-open window [from, to) a market is open for, without breaks, ms. Nothing is known, and counted, from
 * the last day of the calendar's data on.
 */
export function openTime(calendar: Calendar, from: number, to: number): number {
  const until = knownUpTo(calendar, to);
  if (from >= until) return 0;
  return calendar
    .sessionsBetween(from, until)
    .flatMap((session) => stretchesOf(session))
    .reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, until) - Math.max(start, from)), 0);
}
