import { ProviderError } from '../provider.js';

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
/** Days since 1899-12-30, as spreadsheets count them: from 1954 to 2173. */
const SERIAL = /^\d{5}(\.\d+)?$/;
const SERIAL_OF_1970 = 25_569;

const padded = (digits: string) => digits.padStart(2, '0');

/**
 * Rewrites the times of a file as ISO 8601, those of spreadsheets and of other programs as well. What it does not know, and
 * Unix times, it leaves as it is. Whether the day or the month comes first in `03/04/2026`, all times together say.
 * @throws ProviderError schema-drift if they do not, or contradict each other
 */
export function isoReader(times: readonly string[]): (time: string) => string {
  const isDayFirst = dayFirstOf(times);
  return (cell) => {
    const time = cell.trim();
    if (SERIAL.test(time)) return ofSerial(Number(time));
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
function dateOf(time: string, isDayFirst: boolean): [date: string, length: number] {
  const found = YEAR_FIRST.exec(time) ?? COMPACT.exec(time);
  if (found) return [`${found[1]}-${padded(found[3]!)}-${padded(found[4]!)}`, found[0].length];
  const last = YEAR_LAST.exec(time);
  if (last) {
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

/** Whether the day comes before the month where the year comes last; dots are not asked, because it always does there. */
function dayFirstOf(times: readonly string[]): boolean {
  let [dayFirst, monthFirst, example] = [false, false, ''];
  for (const time of times) {
    const [text, first, mark, second] = YEAR_LAST.exec(time.trim()) ?? [];
    if (!text || mark === '.') continue;
    example ||= text;
    dayFirst ||= Number(first) > 12;
    monthFirst ||= Number(second) > 12;
  }
  if (example && dayFirst === monthFirst)
    throw new ProviderError(
      'schema-drift',
      `its dates, such as ${example}, ${dayFirst ? 'begin now with the day, now with the month' : 'may begin with the day or with the month'}: write them as YYYY-MM-DD`,
    );
  return dayFirst;
}
