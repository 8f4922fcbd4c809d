import { z } from 'zod';
import { utcDate } from '../../domain/calendars/dates.js';
import { DAY, SECOND } from '../../domain/timeframe.js';

const INSTANT = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }), // without seconds
  z.iso.date(),
]);

/** From 9 digits on, as 2026 and 20261120 are more likely a year and a date. Up to 11 digits are seconds, more milliseconds. */
const EPOCH = /^-?(?:0|\d{9,11}(?:\.\d{1,6})?|(?<ms>\d{12,14}))$/;

/** What a parameter with an instant must be. */
export const INSTANT_FORMATS =
  'must be an RFC 3339 time with an offset, such as 2026-11-20T14:30:00Z, a date, such as 2026-11-20, or a Unix time in seconds or milliseconds, such as 1795185000';

/**
 * Parses an RFC 3339 instant, a date as its 00:00Z, or a Unix time in seconds or milliseconds (Grafana and TradingView send
 * those). An instant needs an offset: a local time would be another instant on every machine.
 * @returns epoch ms, in the years 0 to 9999; null if it is none of them
 */
export function parseInstant(text: string): number | null {
  const epoch = EPOCH.exec(text);
  if (epoch) return withinYears(epoch.groups!.ms === undefined ? Number(text) * SECOND : Number(text));
  // a plus sign that was not percent-encoded arrives as a space, and RFC 3339 allows a space for the T
  const iso = text
    .replace(/ (\d\d:\d\d)$/, '+$1')
    .replace(' ', 'T')
    .toUpperCase();
  return INSTANT.safeParse(iso).success ? Date.parse(iso) : null;
}

const [FIRST, LAST] = [Date.parse('0000-01-01'), Date.parse('9999-12-31T23:59:59.999Z')];
const withinYears = (ms: number): number | null => (ms >= FIRST && ms <= LAST ? Math.round(ms) : null);

const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));
let lastDay = { day: Number.NaN, text: '' };

/**
 * ISO 8601 UTC to the second, the precision of bar times. By hand, as rows come by the thousand and mostly from one day:
 * formatting its date once is several times faster than `Date.toISOString`.
 */
export function isoSeconds(ms: number): string {
  const day = Math.floor(ms / DAY);
  if (day !== lastDay.day) lastDay = { day, text: `${utcDate(day * DAY)}T` };
  const second = Math.floor((ms - day * DAY) / SECOND);
  const minute = Math.floor(second / 60);
  const clock = `${TWO_DIGITS[Math.floor(minute / 60)]}:${TWO_DIGITS[minute % 60]}:${TWO_DIGITS[second % 60]}`;
  return `${lastDay.text}${clock}Z`;
}
