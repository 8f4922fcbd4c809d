const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsetsAtMidnight = new Map<string, Map<number, number>>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const digits = '2-digit';
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
    formats.set(timeZone, format);
  }
  return format;
}

function readOffset(instant: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts as Record<Intl.DateTimeFormatPartTypes, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}

/** The offset at 00:00Z of a day, cached: an Intl call takes microseconds, and a chart has thousands of bars. */
function offsetAtMidnight(day: number, timeZone: string): number {
  const known = offsetsAtMidnight.get(timeZone) ?? new Map<number, number>();
  offsetsAtMidnight.set(timeZone, known);
  let offset = known.get(day);
  if (offset === undefined) known.set(day, (offset = readOffset(day * DAY, timeZone)));
  return offset;
}

/** A zone's local time minus UTC at an instant, ms. @param instant epoch ms */
function zoneOffset(instant: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const day = Math.floor(instant / DAY);
  const offset = offsetAtMidnight(day, timeZone);
  return offset === offsetAtMidnight(day + 1, timeZone) ? offset : readOffset(instant, timeZone);
}

/**
 * A zone's local time at an instant, as a number whose UTC fields are the local fields. Only for reading fields: it is not an
 * instant, and an hour of it repeats when the clocks go back.
 * @param instant epoch ms
 */
export const localTime = (instant: number, timeZone: string): number => instant + zoneOffset(instant, timeZone);

/** A zone's local date at an instant, YYYY-MM-DD. */
export const localDate = (instant: number, timeZone: string): string =>
  new Date(localTime(instant, timeZone)).toISOString().slice(0, 10);
