import { ALWAYS_OPEN } from './always-open.js';
import type { Calendar, CalendarId } from './calendar.js';
import { EXCHANGES, type ExchangeId } from './data/index.js';
import { ExchangeCalendar } from './exchange-calendar.js';

export type { Calendar, CalendarId, Session } from './calendar.js';

const exchanges = Object.entries(EXCHANGES) as [ExchangeId, (typeof EXCHANGES)[ExchangeId]][];

const CALENDARS = new Map<CalendarId, Calendar>([
  ...exchanges.map(([id, data]) => [id, new ExchangeCalendar(id, data)] as const),
  ['24/7', ALWAYS_OPEN],
]);

export const CALENDAR_IDS: readonly CalendarId[] = [...CALENDARS.keys()];

/** The calendar of a market; the same object on each call. @throws RangeError if the id is unknown */
export function calendarOf(id: CalendarId): Calendar {
  const calendar = CALENDARS.get(id);
  if (!calendar) throw new RangeError(`unknown calendar ${String(id)}; known: ${CALENDAR_IDS.join(', ')}`);
  return calendar;
}

/** Calendars whose data end before a date (YYYY-MM-DD): they must be regenerated. */
export const calendarsEndingBefore = (date: string): Calendar[] =>
  [...CALENDARS.values()].filter((calendar) => calendar.ends < date);
