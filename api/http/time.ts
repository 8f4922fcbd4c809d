import { utcDate } from '../../domain/calendars/dates.js';

const INSTANT = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/**
 * Reads an RFC 3339 instant, or a date, which stands for its 00:00Z. An instant needs its offset: a local time means
 * another instant on every machine.
 * @returns epoch ms; null when it is neither
 */
export function parseInstant(text: string): number | null {
  // a plus sign that was not percent-encoded arrives as a space
  const value = text.replace(/ (\d\d:\d\d)$/, '+$1');
  if (!INSTANT.test(value)) return null;
  const ms = Date.parse(value.replace(' ', 'T').toUpperCase());
  if (Number.isNaN(ms)) return null;
  // read back, because 2026-02-30 is parsed as 2 March
  const date = value.slice(0, 10);
  return utcDate(Date.parse(`${date}T00:00:00Z`)) === date ? ms : null;
}

/** ISO 8601 UTC to the second, which is what bars are stamped with. */
export const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
