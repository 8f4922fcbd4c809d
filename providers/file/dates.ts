/** A date in digits: `2026-11-24`, `2026/11/24`, `20261124`, or with the year last. */
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const COMPACT = /^((?:19|20)\d\d)()(0[1-9]|1[0-2])([0-3]\d)(?=$|[T ]|\d{4}$|\d{6}$)/i;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
/** A month in English: `24 Nov 2026`, `24-Nov-2026`, `Nov 24, 2026`, `November 24 2026`. */
const DAY_MONTH = /^(\d{1,2})[- ]([a-z]{3})[a-z]*[- ,]+(\d{4})/i;
const MONTH_DAY = /^([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `9:30`, `09:30:15.250`, `093000` and `9:30 PM`, with or without a zone. */
const CLOCK = /^(\d{1,2}):?(\d{2})(?::?(\d{2})(\.\d+)?)?(?: ?([ap])\.?m\.?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/i;
/** Days since 1899-12-30, as spreadsheets count them: from 1954 to 2091. */
const SERIAL = /^[2-6]\d{4}(\.\d+)?$/;
const SERIAL_OF_1970 = 25_569;

const padded = (digits: string) => digits.padStart(2, '0');

/** How the dates of a file are to be read. */
export interface DateFormat {
  /** Whether the day comes first in `03/04/2026`; null if that is unclear, and such a date is not read. */
  isDayFirst: boolean | null;
  /** What is unclear, in words. */
  doubt: string | null;
}

/**
 * Rewrites times as ISO 8601, those of spreadsheets and of other programs as well. What it does not know, and Unix times,
 * it leaves as it is.
 * @param hasSerials whether five digits may be a spreadsheet's day number
 */
export function isoReader({ isDayFirst }: DateFormat, hasSerials = true): (time: string) => string {
  return (cell) => {
    const time = cell.trim();
    if (hasSerials && SERIAL.test(time)) return ofSerial(Number(time));
    const [date, length] = dateOf(time, isDayFirst);
    if (length === 0) return time;
    const rest = time.slice(length).replace(/^[T, ]+/i, '');
    if (rest === '') return date;
    const [, hour, minute, second = '00', fraction = '', half, zone = ''] = CLOCK.exec(rest) ?? [];
    if (!hour) return time;
    const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : hour;
    return `${date}T${padded(String(hours))}:${minute}:${second}${fraction}${zoneOf(zone)}`;
  };
}

const zoneOf = (zone: string): string =>
  /^(z|utc|gmt)$/i.test(zone) ? 'Z' : /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;

/** The date that a time begins with, and how long that is; 0 if it does not begin with one. */
function dateOf(time: string, isDayFirst: boolean | null): [date: string, length: number] {
  const found = YEAR_FIRST.exec(time) ?? COMPACT.exec(time);
  if (found) return [`${found[1]}-${padded(found[3]!)}-${padded(found[4]!)}`, found[0].length];
  const last = YEAR_LAST.exec(time);
  if (last) {
    if (isDayFirst === null && last[2] !== '.') return ['', 0];
    const [day, month] = isDayFirst || last[2] === '.' ? [last[1]!, last[3]!] : [last[3]!, last[1]!];
    return [`${last[4]}-${padded(month)}-${padded(day)}`, last[0].length];
  }
  const [text = '', day, name, year] = DAY_MONTH.exec(time) ?? swapped(MONTH_DAY.exec(time)) ?? [];
  const month = name === undefined ? 0 : MONTHS.indexOf(name.toLowerCase()) + 1;
  return month === 0 ? ['', 0] : [`${year}-${padded(String(month))}-${padded(day!)}`, text.length];
}

const swapped = (found: RegExpExecArray | null) => found && [found[0], found[2]!, found[1]!, found[3]!];

function ofSerial(days: number): string {
  const instant = new Date(Math.round((days - SERIAL_OF_1970) * 86_400) * 1_000).toISOString();
  return Number.isInteger(days) ? instant.slice(0, 10) : instant.slice(0, 19);
}

/** Whether the day or the month comes first where the year comes last: all times together say. After dots it is the day. */
export function dateFormat(times: Iterable<string>): DateFormat {
  let [dayFirst, monthFirst, example] = [false, false, ''];
  for (const time of times) {
    const [text, first, mark, second] = YEAR_LAST.exec(time.trim()) ?? [];
    if (!text || mark === '.') continue;
    example ||= text;
    dayFirst ||= Number(first) > 12;
    monthFirst ||= Number(second) > 12;
  }
  if (!example || dayFirst !== monthFirst) return { isDayFirst: dayFirst, doubt: null };
  const words = dayFirst ? 'begin now with the day, now with the month' : 'may begin with the day or with the month';
  return { isDayFirst: null, doubt: `its dates, such as ${example}, ${words}: write them as YYYY-MM-DD` };
}
