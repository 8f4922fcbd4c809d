import { firstIndex } from './bisect.js';

/**
 * A generated calendar file. Dates are trading dates, YYYY-MM-DD; several of them are one text, separated by white space.
 * Hours are stretches of trading in the exchange's local time, such as `09:30-12:00 13:00-16:00`; `24:00` is midnight.
 */
export interface CalendarData {
  /** MIC (ISO 10383), or `24/5`. */
  id: string;
  /** IANA name. */
  timezone: string;
  /** First and last date that the file covers, both inclusive. */
  begins: string;
  ends: string;
  /**
   * Regular weeks, ascending by `from`, the date from which each applies. `hours` has an entry for each group of weekdays,
   * 1 (Monday) to 7, such as `{ 12345: '09:30-16:00' }`. Other weekdays have no session.
   */
  weeks: readonly { from: string; hours: Readonly<Record<string, string>> }[];
  /** Dates of the sessions with other hours than their regular week has, by hours. */
  special: Readonly<Record<string, string>>;
  /** Dates of a regular week without a session, by the name of the holiday; `ad hoc` if the source has no name. */
  closures: Readonly<Record<string, string>>;
}

/** Hours of one session: its stretches of trading, each in minutes since local midnight. */
export type Hours = readonly (readonly [start: number, end: number])[];

/** A calendar file, decoded for look-ups by date. */
export class SessionHours {
  readonly #weeks: { from: string; hours: ReadonlyMap<number, Hours> }[];
  readonly #special: ReadonlyMap<string, Hours>;
  readonly #closures: ReadonlyMap<string, string>;

  constructor({ weeks, special, closures }: CalendarData) {
    this.#weeks = weeks.map(({ from, hours }) => ({ from, hours: byWeekday(hours) }));
    this.#special = new Map(Object.entries(special).flatMap(([hours, dates]) => eachOf(dates, decode(hours))));
    this.#closures = new Map(Object.entries(closures).flatMap(([name, dates]) => eachOf(dates, name)));
  }

  /** Hours of a date; null if it has no session. @param weekday 1 (Monday) to 7 */
  on(date: string, weekday: number): Hours | null {
    const special = this.#special.get(date);
    if (special) return special;
    return this.#closures.has(date) ? null : this.regularOn(date, weekday);
  }

  /** What a regular week has on that weekday; null if it has no session. */
  regularOn(date: string, weekday: number): Hours | null {
    const next = firstIndex(this.#weeks, ({ from }) => from > date);
    return this.#weeks[next - 1]?.hours.get(weekday) ?? null;
  }

  closureOn(date: string): string | null {
    return this.#closures.get(date) ?? null;
  }
}

const byWeekday = (hours: Readonly<Record<string, string>>): Map<number, Hours> =>
  new Map(
    Object.entries(hours).flatMap(([weekdays, text]) => {
      const decoded = decode(text);
      return [...weekdays].map((weekday) => [Number(weekday), decoded] as const);
    }),
  );

const eachOf = <T>(dates: string, value: T): [string, T][] =>
  dates
    .trim()
    .split(/\s+/)
    .map((date) => [date, value]);

const decode = (hours: string): Hours =>
  hours.split(' ').map((stretch) => {
    const [start, end] = stretch.split('-');
    return [minutesOf(start!), minutesOf(end!)] as const;
  });

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
