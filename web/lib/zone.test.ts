import { describe, expect, it } from 'vitest';
import { localDate, localTime } from './zone';

const clock = (instant: string, zone: string) =>
  new Date(localTime(Date.parse(instant), zone)).toISOString().slice(0, 16);

describe('localTime', () => {
  it.each([
    // New York springs forward at 07:00Z on 8 March 2026, and falls back at 06:00Z on 1 November
    ['2026-03-06T14:30:00Z', 'America/New_York', '2026-03-06T09:30'],
    ['2026-03-08T06:59:00Z', 'America/New_York', '2026-03-08T01:59'],
    ['2026-03-08T07:00:00Z', 'America/New_York', '2026-03-08T03:00'],
    ['2026-03-09T13:30:00Z', 'America/New_York', '2026-03-09T09:30'],
    ['2026-10-30T13:30:00Z', 'America/New_York', '2026-10-30T09:30'],
    ['2026-11-01T05:59:00Z', 'America/New_York', '2026-11-01T01:59'],
    ['2026-11-01T06:00:00Z', 'America/New_York', '2026-11-01T01:00'],
    ['2026-11-02T14:30:00Z', 'America/New_York', '2026-11-02T09:30'],
    // Europe changes on other days, always at 01:00Z
    ['2026-03-29T00:59:00Z', 'Europe/Paris', '2026-03-29T01:59'],
    ['2026-03-29T01:00:00Z', 'Europe/Paris', '2026-03-29T03:00'],
    ['2026-10-25T00:59:00Z', 'Europe/Berlin', '2026-10-25T02:59'],
    ['2026-10-25T01:00:00Z', 'Europe/Berlin', '2026-10-25T02:00'],
    ['2026-07-01T01:30:00Z', 'Asia/Hong_Kong', '2026-07-01T09:30'],
    ['2026-07-01T18:30:00Z', 'Asia/Kolkata', '2026-07-02T00:00'],
    ['2026-07-01T18:30:00Z', 'UTC', '2026-07-01T18:30'],
  ])('is what local clocks show: %s in %s', (instant, zone, shown) => {
    expect(clock(instant, zone)).toBe(shown);
  });

  it('matches Intl at every quarter of an hour of a year', () => {
    const zone = 'America/New_York';
    const intl = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: zone });
    for (let at = Date.parse('2025-12-31T00:00Z'); at < Date.parse('2027-01-02T00:00Z'); at += 900_000) {
      const wanted = intl.format(at).replace(' ', 'T');
      if (new Date(localTime(at, zone)).toISOString().slice(0, 16) !== wanted) throw new Error(wanted);
    }
  });
});

it('localDate is the date in the zone', () => {
  expect(localDate(Date.parse('2026-11-24T01:30:00Z'), 'Asia/Hong_Kong')).toBe('2026-11-24');
  expect(localDate(Date.parse('2026-11-24T01:30:00Z'), 'America/New_York')).toBe('2026-11-23');
});
