import { DAY, MINUTE } from '../timeframe.js';
import { firstIndex } from './bisect.js';
import { type CalendarData, SessionHours } from './calendar-data.js';
import type { Calendar, CalendarId, Session } from './calendar.js';
import { ZONES } from './data/zones.js';
import { midnightOf, utcDate, weekdayOf } from './dates.js';
import { UtcOffsets } from './utc-offsets.js';

const yearOf = (date: string): number => Number(date.slice(0, 4));

/** The calendar of an exchange, from generated data. Sessions are built on demand, one year at a time. */
export class ExchangeCalendar implements Calendar {
  readonly id: CalendarId;
  readonly timezone: string;
  readonly begins: string;
  readonly ends: string;
  readonly #hours: SessionHours;
  readonly #closed: ReadonlyMap<string, string>;
  readonly #offsets: UtcOffsets;
  readonly #years = new Map<number, readonly Session[]>();

  /** @param closed names of closures that the data do not have, by date */
  constructor(id: CalendarId, data: CalendarData, closed: ReadonlyMap<string, string> = new Map()) {
    this.id = id;
    this.timezone = data.timezone;
    this.begins = data.begins;
    this.ends = data.ends;
    this.#hours = new SessionHours(data);
    this.#closed = closed;
    this.#offsets = new UtcOffsets(ZONES[data.timezone]!);
  }

  sessionOn(date: string): Session | null {
    this.#assertCovered(date);
    const sessions = this.#sessionsOf(yearOf(date));
    const session = sessions[firstIndex(sessions, (s) => s.date >= date)];
    return session?.date === date ? session : null;
  }

  sessionAt(instant: number): Session | null {
    const session = this.sessionOn(this.tradingDate(instant)); // no session crosses local midnight
    return session && session.open <= instant && instant < session.close ? session : null;
  }

  sessionsBetween(from: number, to: number): Session[] {
    if (!(from < to)) return [];
    const last = yearOf(this.tradingDate(to - 1));
    const found: Session[] = [];
    for (let year = this.#firstYearFor(this.tradingDate(from)); year <= last; year++) {
      const sessions = this.#sessionsOf(year);
      const start = firstIndex(sessions, (s) => s.close > from);
      const end = firstIndex(sessions, (s) => s.open >= to);
      found.push(...sessions.slice(start, end));
    }
    return found;
  }

  previousSession(date: string): Session | null {
    this.#assertCovered(date);
    for (let year = yearOf(date); year >= yearOf(this.begins); year--) {
      const sessions = this.#sessionsOf(year);
      const session = sessions[firstIndex(sessions, (s) => s.date >= date) - 1];
      if (session) return session;
    }
    return null;
  }

  nextSession(date: string): Session {
    this.#assertCovered(date);
    for (let year = this.#firstYearFor(date); year <= yearOf(this.ends); year++) {
      const sessions = this.#sessionsOf(year);
      const session = sessions[firstIndex(sessions, (s) => s.date > date)];
      if (session) return session;
    }
    throw this.#pastTheEnd(`the session after ${date}`);
  }

  nextOpen(instant: number): number {
    const date = this.tradingDate(instant);
    const today = this.sessionOn(date);
    return today && today.open > instant ? today.open : this.nextSession(date).open;
  }

  nextClose(instant: number): number {
    const date = this.tradingDate(instant);
    const today = this.sessionOn(date);
    return today && today.close > instant ? today.close : this.nextSession(date).close;
  }

  tradingDate(instant: number): string {
    const date = utcDate(instant + this.#offsets.at(instant));
    if (date > this.ends) throw this.#pastTheEnd(date);
    return date;
  }

  holidayOn(date: string): string | null {
    this.#assertCovered(date);
    return this.#closed.get(date) ?? this.#hours.closureOn(date);
  }

  #firstYearFor(date: string): number {
    return Math.max(yearOf(date), yearOf(this.begins));
  }

  #sessionsOf(year: number): readonly Session[] {
    let sessions = this.#years.get(year);
    if (!sessions) {
      sessions = this.#build(year);
      this.#years.set(year, sessions);
    }
    return sessions;
  }

  #build(year: number): Session[] {
    const from = Math.max(midnightOf(this.begins), Date.UTC(year, 0, 1));
    const to = Math.min(midnightOf(this.ends) + DAY, Date.UTC(year + 1, 0, 1));
    const sessions: Session[] = [];
    for (let midnight = from; midnight < to; midnight += DAY) {
      const session = this.#session(utcDate(midnight), midnight);
      if (session) sessions.push(session);
    }
    return sessions;
  }

  #session(date: string, midnight: number): Session | null {
    const weekday = weekdayOf(midnight);
    const hours = this.#closed.has(date) ? null : this.#hours.on(date, weekday);
    if (!hours) return null;
    const stretches = hours.map(
      ([start, end]) => [this.#instant(midnight, start), this.#instant(midnight, end)] as const,
    );
    const regularClose = this.#hours.regularOn(date, weekday)?.at(-1)![1] ?? 0;
    return {
      date,
      open: stretches[0]![0],
      close: stretches.at(-1)![1],
      breaks: stretches.slice(1).map(([resume], i) => [stretches[i]![1], resume] as const),
      earlyClose: hours.at(-1)![1] < regularClose,
    };
  }

  #instant(midnight: number, minutes: number): number {
    return this.#offsets.toUtc(midnight + minutes * MINUTE);
  }

  #assertCovered(date: string): void {
    midnightOf(date); // throws if it is not a date
    if (date > this.ends) throw this.#pastTheEnd(date);
  }

  #pastTheEnd(requested: string): RangeError {
    return new RangeError(
      `calendar ${this.id} ends on ${this.ends}, before ${requested}: ` +
        'update exchange_calendars or raise UNTIL, then run python3 scripts/generate-calendars.py',
    );
  }
}
