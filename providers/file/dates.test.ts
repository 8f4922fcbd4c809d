import { describe, expect, it } from 'vitest';
import { dateFormat, isoReader } from './dates.js';

describe('the dates of a file', () => {
  it.each([
    ['2026-11-24 9:30', '2026-11-24T09:30:00'],
    ['2026-11-24T09:30:15.250+0100', '2026-11-24T09:30:15.250+0100'],
    ['2026-11-24 14:30:00+00', '2026-11-24T14:30:00+00:00'],
    ['2026-11-24 14:30:00 UTC', '2026-11-24T14:30:00Z'],
    ['2026/1/5', '2026-01-05'],
    ['2026.11.24 09:30', '2026-11-24T09:30:00'],
    ['20261124', '2026-11-24'],
    ['20261124 093000', '2026-11-24T09:30:00'],
    ['202611240930', '2026-11-24T09:30:00'],
    ['24.11.2026 09:30', '2026-11-24T09:30:00'],
    ['3.4.2026', '2026-04-03'],
    ['24-Nov-2026', '2026-11-24'],
    ['Nov 24, 2026', '2026-11-24'],
    ['November 4 2026, 12:05 AM', '2026-11-04T00:05:00'],
    ['11/24/2026 1:30:00 PM', '2026-11-24T13:30:00'],
    ['46350', '2026-11-24'],
    ['46350.395833333336', '2026-11-24T09:30:00'],
    ['10000', '10000'],
    ['70000', '70000'],
    ['1795530600', '1795530600'],
    ['1795530600000', '1795530600000'],
    ['2026-11-24 soon', '2026-11-24 soon'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (cell, iso) => expect(isoReader(dateFormat([cell]))(cell)).toBe(iso));

  it.each([
    [
      ['03/04/2026', '13/04/2026'],
      ['2026-04-03', '2026-04-13'],
    ],
    [
      ['03/04/2026', '04/13/2026'],
      ['2026-03-04', '2026-04-13'],
    ],
  ])('begin with the day or with the month: %j', (cells, dates) => {
    expect(cells.map(isoReader(dateFormat(cells)))).toEqual(dates);
  });

  it.each([
    [['03/04/2026', '04/04/2026'], 'its dates, such as 03/04/2026, may begin with the day or with the month'],
    [['13/04/2026', '04/13/2026'], 'its dates, such as 13/04/2026, begin now with the day, now with the month'],
  ])('are not read if that is unclear: %j', (cells, words) => {
    const format = dateFormat([...cells, '2026-11-24']);
    expect(format.doubt).toContain(words);
    expect([...cells, '24.11.2026'].map(isoReader(format))).toEqual([...cells, '2026-11-24']);
  });
});
