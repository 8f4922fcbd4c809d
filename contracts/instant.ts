import { z } from 'zod';
import { SECOND } from '../domain/timeframe.js';

const INSTANT = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }), // without seconds
  z.iso.date(),
]);

/** From 9 digits on, as 2026 and 20261120 are more likely a year and a date. Up to 11 digits are seconds, more milliseconds. */
const [SECONDS, MILLISECONDS] = ['\\d{9,11}(?:\\.\\d{1,9})?', '\\d{12,14}(?:\\.\\d{1,6})?'];
const EPOCH = new RegExp(`^-?(?:0|${SECONDS}|(?<ms>${MILLISECONDS}))$`);

/** What a parameter with an instant must be. */
export const INSTANT_FORMATS =
  'must be an RFC 3339 time with an offset, such as 2026-11-20T14:30:00Z, a date, such as 2026-11-20, or a Unix time in seconds or milliseconds, such as 1795185000';

const [FIRST, LAST] = [Date.parse('0000-01-01'), Date.parse('9999-12-31T23:59:59.999Z')];

/** The same for programs: keywords of JSON Schema. */
export const INSTANT_KEYWORDS = {
  anyOf: [{ format: 'date-time' }, { format: 'date' }, { pattern: `^-?(0|${SECONDS}|${MILLISECONDS})$` }].map(
    (form) => ({ type: 'string', ...form }),
  ),
};

/** Unix times as numbers, from and to: as digits, they have 9 to 14, or are 0. */
const EPOCH_RANGES = [
  [0, 0],
  [1e8, 1e14 - 1],
  [FIRST / SECOND, -1e8],
  [FIRST, -1e11],
];

/** The keywords of an instant that may also be a number. */
export const INSTANT_OR_NUMBER_KEYWORDS = {
  anyOf: [
    ...INSTANT_KEYWORDS.anyOf,
    ...EPOCH_RANGES.map(([minimum, maximum]) => ({ type: 'number', minimum, maximum })),
  ],
};

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

const withinYears = (ms: number): number | null => (ms >= FIRST && ms <= LAST ? Math.round(ms) : null);
