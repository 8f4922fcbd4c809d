import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { Calendar } from '../../domain/calendars/index.js';
import { midnightOf, utcDate } from '../../domain/calendars/dates.js';
import type { Adjustment } from '../../domain/adjustment/adjust-bars.js';
import { DAY, isDateLabelled, TIMEFRAME_MS, type Timeframe } from '../../domain/timeframe.js';
import type { Range, SeriesQuery } from './query.js';

/** Which bars a request means. */
export interface SeriesWindow {
  timeframe: Timeframe;
  /** Bar opens, half-open, epoch ms; null = no bound. */
  from: number | null;
  to: number | null;
  /** Pages begin at the newest bar of the window and go back. */
  newest: boolean;
  /** Rows of a page are written newest first. */
  descending: boolean;
  adjustment: Adjustment;
  /** The bars as they were at this instant of the wall clock, epoch ms; null = as they are. */
  asOf: number | null;
}

/** What a window is counted from. */
export interface WindowContext {
  calendar: Calendar;
  /** Market clock, epoch ms; with `asOf`, at that instant. */
  now: number;
  /** Trading date of the newest bar; null while there is none. */
  lastSession: string | null;
}

const DEFAULTS = {
  stock: {
    '1d': '1m',
    '5d': '5m',
    '1mo': '1d',
    '6mo': '1d',
    ytd: '1d',
    '1y': '1d',
    '5y': '1w',
    max: '1mo',
    none: '1d',
  },
  crypto: {
    '1d': '30m',
    '5d': '4h',
    '1mo': '4h',
    '6mo': '4d',
    ytd: '4d',
    '1y': '4d',
    '5y': '4d',
    max: '4d',
    none: '30m',
  },
} as const satisfies Record<AssetClass, Record<Range | 'none', Timeframe>>;

/** The timeframe of a request that names none. @param minutesReach a month of `1m` bars is stored */
export function defaultTimeframe(assetClass: AssetClass, range: Range | undefined, minutesReach: boolean): Timeframe {
  if (assetClass === 'stock' && range === '1mo' && minutesReach) return '30m';
  return DEFAULTS[assetClass][range ?? 'none'];
}

/** The window of a request, its timeframe decided. */
export function windowOf(query: SeriesQuery, timeframe: Timeframe, context: WindowContext): SeriesWindow {
  // for a label that is a date, only dates are compared
  const bound = (ms: number | undefined) =>
    ms === undefined ? null : isDateLabelled(timeframe) ? floorTo(ms, DAY) : ms;
  const descending = query.sort === 'desc';
  return {
    timeframe,
    from: query.range ? rangeStart(query.range, timeframe, context) : bound(query.start),
    to: bound(query.end),
    newest: descending || query.start === undefined,
    descending,
    adjustment: query.adjustment ?? 'split',
    asOf: query.asOf ?? null,
  };
}

const MONTHS = { '1mo': 1, '6mo': 6, '1y': 12, '5y': 60 } as const;

/** First bar open of a range that ends now; null = from the first bar there is. */
export function rangeStart(range: Range, timeframe: Timeframe, context: WindowContext): number | null {
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

/** Days are sessions where a market has such, and 24 hours each where it never closes. */
function daysStart(days: number, timeframe: Timeframe, { calendar, now, lastSession }: WindowContext): number {
  if (calendar.id === '24/7') {
    const start = now - days * DAY;
    // to the next slot of the grid: the same bars, and the same answer until one more has closed
    return isDateLabelled(timeframe) ? floorTo(start, DAY) : -floorTo(-start, TIMEFRAME_MS[timeframe]);
  }
  let date = lastSession ?? lastOpened(calendar, now);
  for (let i = 1; i < days; i++) date = calendar.previousSession(date)?.date ?? date;
  return isDateLabelled(timeframe) ? midnightOf(date) : (calendar.sessionOn(date)?.open ?? midnightOf(date));
}

/** Trading date of the newest session that has opened. */
function lastOpened(calendar: Calendar, now: number): string {
  const today = calendar.tradingDate(now);
  const session = calendar.sessionOn(today);
  if (session && session.open <= now) return today;
  return calendar.previousSession(today)?.date ?? today;
}

/** 00:00Z of the same day of an earlier month, or of that month's last day where it is shorter. */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
  const daysInMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(date.getUTCDate(), daysInMonth) - 1) * DAY;
}

const floorTo = (ms: number, step: number): number => Math.floor(ms / step) * step;

/** Whether the minutes of a series that begins on a trading date reach back over a range. */
export function reachesOver(range: Range, firstSession: string | null, context: WindowContext): boolean {
  if (firstSession === null) return false;
  const start = rangeStart(range, '1m', context);
  if (start === null) return true;
  const expected = context.calendar.nextSession(utcDate(start - DAY))?.date;
  return expected !== undefined && firstSession <= expected;
}
