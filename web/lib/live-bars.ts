import type { Bars, BarsEvent } from './api/types';
import { localDate } from './zone';

/**
 * Merges the bars of an event into those of a range.
 * @returns null if the range must be re-fetched: the event has no bars, its timeframe differs, or a new session has moved
 * the window
 */
export function mergeBars(data: Bars, event: Pick<BarsEvent, 'timeframe' | 'bars'>): Bars | null {
  if (event.timeframe !== data.timeframe || !event.bars) return null;
  const start = data.meta.start === null ? Number.NEGATIVE_INFINITY : Date.parse(data.meta.start);
  const end = data.meta.end === null ? Number.POSITIVE_INFINITY : Date.parse(data.meta.end);
  const last = data.bars.at(-1);
  const byTime = new Map(data.bars.map((bar) => [bar.time, bar]));
  for (const bar of event.bars) {
    const at = Date.parse(bar.time);
    if (at < start || at >= end) continue;
    if (last && at > Date.parse(last.time) && !isSameDay(bar.time, last.time, data.timezone)) return null;
    byTime.set(bar.time, bar);
  }
  const bars = [...byTime.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return {
    ...data,
    bars,
    meta: { ...data.meta, count: bars.length, reason: bars.length > 0 ? undefined : data.meta.reason },
  };
}

const isSameDay = (a: string, b: string, timeZone: string): boolean =>
  localDate(Date.parse(a), timeZone) === localDate(Date.parse(b), timeZone);
