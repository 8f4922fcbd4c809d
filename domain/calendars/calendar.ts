import type { ExchangeId } from './data/index.js';

/** Calendars known to the project: exchanges by MIC (ISO 10383) and the market that never closes. */
export type CalendarId = ExchangeId | '24/7';

/** One trading session. Instants are epoch ms UTC. */
export interface Session {
  /** Trading date, YYYY-MM-DD, in the exchange's time zone. */
  readonly date: string;
  readonly open: number;
  /** Exclusive: the first instant after the session. */
  readonly close: number;
  /** Half-open [start, end) pauses inside the session, such as the lunch break of Hong Kong. */
  readonly breaks: readonly (readonly [number, number])[];
  /** Closes before the exchange's regular close (a half day). */
  readonly earlyClose: boolean;
}

/**
 * When a market trades. Dates are trading dates, YYYY-MM-DD in the market's time zone; instants are epoch ms UTC.
 *
 * Before `begins` there are no sessions. What lies after `ends` is unknown, never guessed: every question whose answer
 * would need it throws a RangeError that names the command to generate more. Malformed dates throw a RangeError too.
 */
export interface Calendar {
  readonly id: CalendarId;
  /** IANA name. */
  readonly timezone: string;
  /** First and last date covered, both inclusive. */
  readonly begins: string;
  readonly ends: string;
  sessionOn(date: string): Session | null;
  /** The session with open <= instant < close; a break is part of its session. */
  sessionAt(instant: number): Session | null;
  /** Sessions that overlap the half-open window [from, to), ascending; none when it is empty. */
  sessionsBetween(from: number, to: number): Session[];
  /** The last session before a date, be that date a session or not. */
  previousSession(date: string): Session | null;
  /** The first session after a date, be that date a session or not. */
  nextSession(date: string): Session | null;
  /** The first open after an instant (never the instant itself); null where the market never closes. */
  nextOpen(instant: number): number | null;
  /** The first close after an instant (never the instant itself); null where the market never closes. */
  nextClose(instant: number): number | null;
  /** Local date; before `begins` told with the UTC offset in force at `begins`. */
  tradingDate(instant: number): string;
  /** Why a weekday has no session; null when it has one, on weekends, and before `begins`. */
  holidayOn(date: string): string | null;
}
