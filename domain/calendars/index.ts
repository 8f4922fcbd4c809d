import { ALWAYS_OPEN } from './always-open.js';
import type { Calendar, CalendarId } from './calendar.js';
import { isDate } from './dates.js';
import { EXCHANGES, type ExchangeId } from './data/index.js';
import { ExchangeCalendar } from './exchange-calendar.js';

export type { Calendar, CalendarId, Session } from './calendar.js';

const exchangeIds = Object.keys(EXCHANGES) as ExchangeId[];

export const CALENDAR_IDS: readonly CalendarId[] = [...exchangeIds, '24/7'];

/** Built when they are first needed: a process uses few of them. */
const calendars = new Map<CalendarId, Calendar>([['24/7', ALWAYS_OPEN]]);

/** A day on which an exchange was closed that its calendar has a session on. */
export interface Closure {
  exchange: string;
  /** Trading date, YYYY-MM-DD. */
  date: string;
  /** Why, such as the name of the holiday. */
  closed: string;
}

/** Where a closure is listed: in the closures file, which is read at start, or in the database, by an operator. */
export type ClosureList = 'file' | 'database';

const closures = new Map<ClosureList, readonly Closure[]>();
let revision = 0;

/** Why a closure cannot be applied, with what is allowed; null if it can. */
export function closureProblem({ exchange, date }: Pick<Closure, 'exchange' | 'date'>): string | null {
  const id = exchangeIds.find((known) => known === exchange);
  if (!id) return `unknown exchange ${exchange}; known: ${exchangeIds.join(', ')}`;
  const calendar = new ExchangeCalendar(id, EXCHANGES[id]);
  if (!isDate(date)) return `date must be YYYY-MM-DD, not ${date}`;
  if (date < calendar.begins || date > calendar.ends)
    return `${date} is outside the calendar of ${exchange}, ${calendar.begins} to ${calendar.ends}`;
  if (calendar.sessionOn(date)) return null;
  return `${exchange} has no session on ${date} anyway: ${calendar.holidayOn(date) ?? 'it is not a regular trading day'}`;
}

/**
 * From now on, the calendars of this process are the generated ones without the sessions of these closures, and of those on
 * the other list.
 * @throws RangeError on a closure with a problem
 */
export function setClosures(list: ClosureList, wanted: readonly Closure[]): void {
  for (const closure of wanted) {
    const problem = closureProblem(closure);
    if (problem) throw new RangeError(problem);
  }
  const before = closures.get(list) ?? [];
  closures.set(list, [...wanted]);
  const changed = exchangeIds.filter((id) => textOf(before, id) !== textOf(wanted, id));
  for (const id of changed) calendars.delete(id);
  if (changed.length > 0) revision++;
}

const textOf = (all: readonly Closure[], id: ExchangeId): string =>
  all
    .flatMap(({ exchange, date, closed }) => (exchange === id ? `${date} ${closed}` : []))
    .sort()
    .join('\n');

/** Changes whenever a calendar of this process has changed. */
export const calendarRevision = (): number => revision;

/** The closures of a list. */
export const closuresOn = (list: ClosureList): readonly Closure[] => closures.get(list) ?? [];

/** Names of the closures of an exchange, by date. */
const closedDays = (id: ExchangeId): Map<string, string> =>
  new Map(
    [...closures.values()].flat().flatMap(({ exchange, date, closed }) => (exchange === id ? [[date, closed]] : [])),
  );

/** No market has this calendar: a row names an exchange that the catalog does not know. */
export class UnknownCalendarError extends RangeError {
  override readonly name = 'UnknownCalendarError';
}

/** The calendar of a market; the same object on each call. @throws UnknownCalendarError */
export function calendarOf(id: CalendarId): Calendar {
  const known = calendars.get(id);
  if (known) return known;
  if (!Object.hasOwn(EXCHANGES, id))
    throw new UnknownCalendarError(`unknown calendar ${String(id)}; known: ${CALENDAR_IDS.join(', ')}`);
  const calendar = new ExchangeCalendar(id, EXCHANGES[id as ExchangeId], closedDays(id as ExchangeId));
  calendars.set(id, calendar);
  return calendar;
}

/** Those of some calendars whose data end before a date (YYYY-MM-DD): they must be regenerated. */
export const calendarsEndingBefore = (date: string, ids: readonly CalendarId[]): { id: CalendarId; ends: string }[] =>
  ids.map((id) => ({ id, ends: calendarOf(id).ends })).filter(({ ends }) => ends < date);
