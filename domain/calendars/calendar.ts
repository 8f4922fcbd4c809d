import { DAY } from '../timeframe.js';
import { midnightOf } from './dates.js';
import type { ExchangeId } from './data/index.js';

/** No market stays closed for longer, ms: within this time there is a session. */
export const LONGEST_CLOSURE_MS = 14 * DAY;

/** The known calendars: exchanges by MIC (ISO 10383), `24/5` for currencies, and the market that never closes. */
export type CalendarId = ExchangeId | '24/7';

/** One trading session. Instants are epoch ms UTC. */
export interface Session {
  /** Trading date, YYYY-MM-DD, in the exchange's time zone. */
  readonly date: string;
  readonly open: number;
  /** Exclusive: the first instant after the session. */
  readonly close: number;
  /** Breaks in the session, half-open [start, end), such as the lunch break in Hong Kong. */
  readonly breaks: readonly (readonly [number, number])[];
  /** Whether it closes before the exchange's regular close on that weekday (a half day). */
  readonly earlyClose: boolean;
}

/**
 * When a market trades. Dates are trading dates, YYYY-MM-DD in the market's time zone; instants are epoch ms UTC.
 *
 * Before `begins` there are no sessions. What comes after `ends` is unknown and never guessed: every method that would need
 * it throws a RangeError that names the command to extend the data. Malformed dates throw a RangeError, too.
 */
export interface Calendar {
  readonly id: CalendarId;
  /** IANA name. */
  readonly timezone: string;
  /** First and last date covered, both inclusive. */
  readonly begins: string;
  readonly ends: string;
  sessionOn(date: string): Session | null;
  /** The session with open <= instant < close. A break is part of its session. */
  sessionAt(instant: number): Session | null;
  /** Sessions that overlap the half-open window [from, to), ascending; none if the window is empty. */
  sessionsBetween(from: number, to: number): Session[];
  /** The last session before a date, whether or not that date is a session. */
  previousSession(date: string): Session | null;
  /** The first session after a date, whether or not that date is a session. */
  nextSession(date: string): Session | null;
  /** The first open after an instant (never the instant itself); null if the market never closes. */
  nextOpen(instant: number): number | null;
  /** The first close after an instant (never the instant itself); null if the market never closes. */
  nextClose(instant: number): number | null;
  /** The local date of an instant. Before `begins` it uses the UTC offset in force at `begins`. */
  tradingDate(instant: number): string;
  /** The name of the holiday on a day of the regular week without a session; otherwise null, as before `begins`. */
  holidayOn(date: string): string | null;
}

/** An instant, epoch ms, or the beginning of the last day of a calendar's data, whichever is earlier: what follows is unknown. */
export const knownUpTo = (calendar: Calendar, instant: number): number => Math.min(instant, midnightOf(calendar.ends));
