import { DAY } from '../domain/timeframe.js';

const WEEK = 7 * DAY;
/** Limit of the cache per zone: 190 years, which only invalid stamps exceed. */
const MAX_WEEKS = 10_000;

/**
 * Trading dates in one time zone. A call of Intl takes microseconds, and a daily history has 10,000 rows, so Intl is called
 * once per week of data, and for every row only in weeks in which the clocks change.
 */
export class TradingDates {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError if `timezone` is not an IANA name */
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

  /** 00:00Z of the local date at `instant`, both epoch ms. */
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

  /** The local time, as if it were UTC, epoch ms. */
  #wallClock(instant: number): number {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
}

const zones = new Map<string, TradingDates>();

/** The dates of a zone; the same object on each call. @throws RangeError if `timezone` is not an IANA name */
export function tradingDatesOf(timezone: string): TradingDates {
  let dates = zones.get(timezone);
  if (!dates) {
    dates = new TradingDates(timezone);
    zones.set(timezone, dates);
  }
  return dates;
}
