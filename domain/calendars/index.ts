import { ALWAYS_OPEN } from './always-open.js';
import type { Calendar, CalendarId } from './calendar.js';
import { isDate } from './dates.js';
import { EXCHANGES, type ExchangeId } from './data/index.js';
import { ExchangeCalendar } from './exchange-calendar.js';

export type { Calendar, CalendarId, Session } from './calendar.js';

const exchanges = Object.entries(EXCHANGES) as [ExchangeId, (typeof EXCHANGES)[ExchangeId]][];

const CALENDARS = new Map<CalendarId, Calendar>([
  ...exchanges.map(([id, data]) => [id, new ExchangeCalendar(id, data)] as const),
  ['24/7', ALWAYS_OPEN],
]);

export const CALENDAR_IDS: readonly CalendarId[] = [...CALENDARS.keys()];

/** A day on which an exchange was closed that its calendar has a session on. */
export interface Closure {
  exchange: string;
  /** Trading date, YYYY-MM-DD. */
  date: string;
  /** Why, such as the name of the holiday. */
  closed: string;
}

/** Why a closure cannot be applied, with what is allowed; null if it can. */
export function closureProblem({ exchange, date }: Pick<Closure, 'exchange' | 'date'>): string | null {
  const found = exchanges.find(([id]) => id === exchange);
  if (!found) return `unknown exchange ${exchange}; known: ${exchanges.map(([id]) => id).join(', ')}`;
  const calendar = new ExchangeCalendar(...found);
  if (!isDate(date)) return `date must be YYYY-MM-DD, not ${date}`;
  if (date < calendar.begins || date > calendar.ends)
    return `${date} is outside the calendar of ${exchange}, ${calendar.begins} to ${calendar.ends}`;
  if (calendar.sessionOn(date)) return null;
  return `${exchange} has no session on ${date} anyway: ${calendar.holidayOn(date) ?? 'it is a weekend'}`;
}

/**
 * From now on, the calendars of this process are the generated ones without the sessions of these closures. To be called
 * once, before calendars are used.
 * @throws RangeError on a closure with a problem
 */
export function setClosures(closures: readonly Closure[]): void {
  for (const closure of closures) {
    const problem = closureProblem(closure);
    if (problem) throw new RangeError(problem);
  }
  for (const [id, data] of exchanges) {
    const own = closures.filter(({ exchange }) => exchange === id).map(({ date, closed }) => [date, closed] as const);
    const closed = { ...data.closures, ...Object.fromEntries(own) };
    CALENDARS.set(id, new ExchangeCalendar(id, { ...data, closures: closed }));
  }
}

/** No market has this calendar: a row names an exchange that the catalog does not know. */
export class UnknownCalendarError extends RangeError {
  override readonly name = 'UnknownCalendarError';
}

/** The calendar of a market; the same object on each call. @throws UnknownCalendarError */
export function calendarOf(id: CalendarId): Calendar {
  const calendar = CALENDARS.get(id);
  if (!calendar) throw new UnknownCalendarError(`unknown calendar ${String(id)}; known: ${CALENDAR_IDS.join(', ')}`);
  return calendar;
}

/** Calendars whose data end before a date (YYYY-MM-DD): they must be regenerated. */
export const calendarsEndingBefore = (date: string): Calendar[] =>
  [...CALENDARS.values()].filter((calendar) => calendar.ends < date);
