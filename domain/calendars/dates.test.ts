import { describe, expect, it } from 'vitest';
import { isDate, midnightOf, utcDate } from './dates.js';

describe('a date', () => {
  it.each(['0001-01-01', '1969-12-31', '2024-02-29', '2026-11-24', '9999-12-31'])('is %s', (date) => {
    expect(utcDate(midnightOf(date))).toBe(date);
  });

  it.each([
    ...['2026-02-30', '2025-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-32'],
    ...[
      '',
      '2026',
      '2026-1-01',
      '2026-01-01Z',
      '2026-01-01 ',
      '2026-01-01\n',
      ' 2026-01-01',
      '+002026-01-01',
      '20260101',
    ],
  ])('is not %j', (text) => {
    expect(isDate(text)).toBe(false);
    expect(() => midnightOf(text)).toThrow(RangeError);
  });
});
