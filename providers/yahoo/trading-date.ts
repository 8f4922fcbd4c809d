import { DAY } from '../../domain/timeframe.js';

const WEEK = 7 * DAY;
/** Weeks remembered a zone: 190 years, so only made-up stamps reach it. */
const MAX_WEEKS = 10_000;

/**
 * The trading date of an instant in one time zone. Intl needs microseconds a call, and a daily history is 10,000 rows: so
 * it is asked once a week, and again only within the weeks in which the clocks change.
 */
export class TradingDates {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError when `timezone` is no IANA name */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** 00:00Z of the date that the zone's calendars show at `instant`, both epoch ms. */
  midnightOf(instant: number): number {
    const week = Math.floor(instant / WEEK);
    const offset = this.#offsetOfWeek(week);
    const local = offset === this.#offsetOfWeek(week + 1) ? instant + offset : this.#wallClock(instant);
    return Math.floor(local / DAY) * DAY;
  }

  #offsetOfWeek(week: number): number {
    let offset = this.#offsets.get(week);
    if (offset === undefined) {
      offset = this.#wallClock(week * WEEK) - week * WEEK;
      if (this.#offsets.size >= MAX_WEEKS) this.#offsets.clear();
      this.#offsets.set(week, offset);
    }
    return offset;
  }

  /** What the zone's clocks show, as if it were UTC. */
  #wallClock(instant: number): number {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
}

const zones = new Map<string, TradingDates>();

/** The dates of a zone; the same object on each call. @throws RangeError when `timezone` is no IANA name */
export function tradingDatesOf(timezone: string): TradingDates {
  let dates = zones.get(timezone);
  if (!dates) {
    dates = new TradingDates(timezone);
    zones.set(timezone, dates);
  }
  return dates;
}
