import type { CalendarId } from '../../domain/calendars/calendar.js';
import { EXCHANGES } from '../../domain/calendars/data/index.js';
import { ZONES } from '../../domain/calendars/data/zones.js';
import { isDate } from '../../domain/calendars/dates.js';
import { UtcOffsets } from '../../domain/calendars/utc-offsets.js';
import { DAY, isDateLabelled, type StoredTimeframe } from '../../domain/timeframe.js';

const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;
/** Digits of a Unix time: seconds, milliseconds, microseconds or nanoseconds; also `1795530600.0`. */
const UNIX = /^(\d{9,19})(?:\.\d+)?$/;

/**
 * Reads the times of a file as bar opens, epoch ms; of bars that are labelled with dates, 00:00Z of the trading date. A time
 * without a zone is local at the exchange. NaN for what is no time, and for a local time that a clock change skips or repeats.
 */
export function timeReader(timeframe: StoredTimeframe, exchange: CalendarId): (cell: string) => number {
  const offsets = exchange === '24/7' ? null : new UtcOffsets(ZONES[EXCHANGES[exchange].timezone]!);
  const offsetAt = (instant: number) => offsets?.at(instant) ?? 0;
  const instantOf = (cell: string): number => {
    const unix = UNIX.exec(cell);
    if (unix) return unixTime(unix[1]!);
    const [, date, clock, seconds = '00', zone] = LOCAL.exec(cell) ?? [];
    if (!date || !isDate(date)) return Number.NaN;
    const wallClock = Date.parse(`${date}T${clock ?? '00:00'}:${seconds}Z`);
    if (zone) return Date.parse(`${date}T${clock ?? '00:00'}:${seconds}${zone.replace(/^(...)(\d)/, '$1:$2')}`);
    return localInstant(wallClock, offsetAt);
  };
  if (!isDateLabelled(timeframe)) return (cell) => instantOf(cell.trim());
  const labelOf = (instant: number) => Math.floor((instant + offsetAt(instant)) / DAY) * DAY;
  return (cell) => {
    const text = cell.trim();
    // a date, or midnight in no zone, is the label itself
    const [, date, clock, , zone] = LOCAL.exec(text) ?? [];
    if (date && isDate(date) && (!clock || !zone)) return Date.parse(date);
    // midnight UTC is how many programs write a date
    const instant = instantOf(text);
    return instant % DAY === 0 ? instant : labelOf(instant);
  };
}

/** The one instant at which local clocks show a time. */
function localInstant(wallClock: number, offsetAt: (instant: number) => number): number {
  // a day apart, the clock is on either side of a change
  const [before, after] = [offsetAt(wallClock - DAY), offsetAt(wallClock + DAY)];
  const instants = [...new Set([wallClock - before, wallClock - after])].filter(
    (instant) => instant + offsetAt(instant) === wallClock,
  );
  return instants.length === 1 ? instants[0]! : Number.NaN;
}

function unixTime(cell: string): number {
  const value = Number(cell);
  if (cell.length <= 11) return value * 1_000;
  if (cell.length <= 14) return value;
  return Math.floor(value / (cell.length <= 17 ? 1e3 : 1e6));
}
