import type { Calendar } from '../calendars/index.js';
import { knownUpTo } from '../calendars/calendar.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import { DAY, isDateLabelled, TIMEFRAME_MS, type Timeframe } from '../timeframe.js';

/** How far a request reaches back from now. */
export const RANGES = ['1d', '5d', '1mo', '6mo', 'ytd', '1y', '5y', 'max'] as const;
export type Range = (typeof RANGES)[number];

/** The point that ranges count back from. */
export interface RangeContext {
  calendar: Calendar;
  /** Market clock, epoch ms; with `asOf`, at that instant. */
  now: number;
  /** Trading date of the newest bar; null while there is none. */
  lastSession: string | null;
}

const MONTHS = { '1mo': 1, '6mo': 6, '1y': 12, '5y': 60 } as const;

/** First bar open of a range that ends now, epoch ms; null = from the first stored bar. */
export function rangeStart(range: Range, timeframe: Timeframe, context: RangeContext): number | null {
  switch (range) {
    case 'max':
      return null;
    case '1d':
      return daysStart(1, timeframe, context);
    case '5d':
      return daysStart(5, timeframe, context);
    case 'ytd':
      return Date.UTC(new Date(context.now).getUTCFullYear(), 0, 1);
    case '1mo':
    case '6mo':
    case '1y':
    case '5y':
      return monthsBefore(context.now, MONTHS[range]);
  }
}

/** Whether a series that begins on a trading date reaches back over a range. @param firstSession null = no bars */
export function reachesOver(
  range: Range,
  timeframe: Timeframe,
  firstSession: string | null,
  context: RangeContext,
): boolean {
  if (firstSession === null) return false;
  const start = rangeStart(range, timeframe, context);
  if (start === null) return true;
  const { calendar } = context;
  const before = utcDate(start - DAY);
  // where no more sessions are known, the range has none that the series could lack
  const expected = before < calendar.ends ? calendar.nextSession(before)?.date : before;
  return expected !== undefined && firstSession <= expected;
}

export const floorTo = (ms: number, step: number): number => Math.floor(ms / step) * step;

/** Days are sessions of an exchange, or 24 hours each in a market that never closes. */
function daysStart(days: number, timeframe: Timeframe, { calendar, now, lastSession }: RangeContext): number {
  if (calendar.id === '24/7') {
    const start = now - days * DAY;
    // rounded up to the next slot of the grid: the same bars, so the same response until the next bar closes
    return isDateLabelled(timeframe) ? floorTo(start, DAY) : -floorTo(-start, TIMEFRAME_MS[timeframe]);
  }
  let date = lastSession ?? lastOpened(calendar, now);
  for (let i = 1; i < days; i++) date = calendar.previousSession(date)?.date ?? date;
  return isDateLabelled(timeframe) ? midnightOf(date) : (calendar.sessionOn(date)?.open ?? midnightOf(date));
}

/** Trading date of the newest session that has opened, as far as sessions are known. */
function lastOpened(calendar: Calendar, now: number): string {
  const today = calendar.tradingDate(knownUpTo(calendar, now));
  const session = calendar.sessionOn(today);
  if (session && session.open <= now) return today;
  return calendar.previousSession(today)?.date ?? today;
}

/** 00:00Z of the same day of an earlier month, or of that month's last day if it is shorter. */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
  const daysInMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(date.getUTCDate(), daysInMonth) - 1) * DAY;
}
