import type { Bars, BarsEvent } from './api/types';
import { localDate } from './zone';

/**
 * Merges the bars of an event into those of a range.
 * @returns null if the range must be re-fetched: the event has no bars, its timeframe differs, or a new session has moved
 * the window
 */
export function mergeBars(data: Bars, event: Pick<BarsEvent, 'timeframe' | 'bars' | 'source'>): Bars | null {
  if (event.timeframe !== data.timeframe || !event.bars) return null;
  const { sources } = data.meta;
  const from = sources.find(({ rank, provider }) => (event.source ? provider === event.source : rank === 1));
  if (!from) return data; // the range is of another source alone
  const first = sources[0]!.provider;
  const mark = from.provider === first ? {} : { source: from.provider };
  const start = data.meta.start === null ? Number.NEGATIVE_INFINITY : Date.parse(data.meta.start);
  const end = data.meta.end === null ? Number.POSITIVE_INFINITY : Date.parse(data.meta.end);
  const last = data.bars.at(-1);
  const byTime = new Map(data.bars.map((bar) => [bar.time, bar]));
  for (const bar of event.bars) {
    const at = Date.parse(bar.time);
    if (at < start || at >= end) continue;
    if (last && at > Date.parse(last.time) && !isSameDay(bar.time, last.time, data.timezone)) return null;
    byTime.set(bar.time, { ...bar, ...mark });
  }
  const bars = [...byTime.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return {
    ...data,
    bars,
    meta: {
      ...data.meta,
      count: bars.length,
      sources: sources.map((one) => ({
        ...one,
        bars: bars.filter(({ source = first }) => source === one.provider).length,
      })),
      reason: bars.length > 0 ? undefined : data.meta.reason,
    },
  };
}

const isSameDay = (a: string, b: string, timeZone: string): boolean =>
  localDate(Date.parse(a), timeZone) === localDate(Date.parse(b), timeZone);
