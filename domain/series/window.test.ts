import { describe, expect, it } from 'vitest';
import { calendarOf } from '../calendars/index.js';
import { rangeStart, reachesOver, type Range, type RangeContext } from './range.js';
import { windowOf } from './window.js';

/** Mumbai's calendar ends with 2026. */
const mumbai = (now: string, lastSession: string | null): RangeContext => ({
  ...{ calendar: calendarOf('XBOM'), now: Date.parse(now), lastSession },
});
/** A Tuesday, an hour into the session of New York. */
const now = Date.parse('2026-11-24T15:30:20Z');
const newYork: RangeContext = { calendar: calendarOf('XNYS'), now, lastSession: '2026-11-24' };
const coins: RangeContext = { calendar: calendarOf('24/7'), now, lastSession: '2026-11-24' };
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'));

describe('windowOf', () => {
  it.each([
    [{ range: '1mo', sort: 'asc' }, 'the beginning'],
    [{ range: '1mo' }, 'the newest bar'],
    [{ range: '1mo', sort: 'desc' }, 'the newest bar'],
    [{ start: 0, sort: 'asc' }, 'the beginning'],
    [{ start: 0 }, 'the beginning'],
    [{ start: 0, sort: 'desc' }, 'the newest bar'],
    [{ sort: 'asc' }, 'the newest bar'],
    [{}, 'the newest bar'],
  ] as const)('of %j has pages that begin at %s', (request, first) => {
    expect(windowOf(request, '1d', newYork).newest).toBe(first === 'the newest bar');
  });
});

describe('reachesOver', () => {
  it('compares the first session with the first trading date of the range', () => {
    // 24 October 2026 is a Saturday: the month begins with the session of Monday
    expect(reachesOver('1mo', '30m', '2026-10-26', newYork)).toBe(true);
    expect(reachesOver('1mo', '30m', '2026-10-27', newYork)).toBe(false);
    expect(reachesOver('1mo', '30m', null, newYork)).toBe(false);
  });

  it('where no sessions are known any more, has nothing to compare with', () => {
    expect(reachesOver('ytd', '30m', '2026-11-02', mumbai('2027-01-05T06:00Z', '2026-12-30'))).toBe(true);
    expect(reachesOver('1mo', '30m', '2026-11-02', mumbai('2027-02-15T06:00Z', '2026-12-30'))).toBe(true);
  });
});

describe('rangeStart', () => {
  it('of 1d is the open of the latest session that has bars', () => {
    expect(iso(rangeStart('1d', '1m', newYork))).toBe('2026-11-24T14:30:00Z');
    expect(iso(rangeStart('1d', '1m', { ...newYork, lastSession: '2026-11-20' }))).toBe('2026-11-20T14:30:00Z');
    expect(iso(rangeStart('1d', '1d', newYork))).toBe('2026-11-24T00:00:00Z');
  });

  it('of 1d without bars is the latest session that has opened', () => {
    const early = Date.parse('2026-11-24T12:00:00Z');
    expect(iso(rangeStart('1d', '1m', { ...newYork, now: early, lastSession: null }))).toBe('2026-11-23T14:30:00Z');
  });

  it('of 1d without bars is the last session that is known, after the end of the calendar', () => {
    expect(iso(rangeStart('1d', '1d', mumbai('2027-02-15T06:00Z', null)))).toBe('2026-12-31T00:00:00Z');
  });

  it('of 5d counts five sessions, not days', () => {
    expect(iso(rangeStart('5d', '1m', newYork))).toBe('2026-11-18T14:30:00Z');
  });

  it('of days of a coin counts hours, from the next slot of the grid', () => {
    expect(iso(rangeStart('1d', '30m', coins))).toBe('2026-11-23T16:00:00Z');
    expect(iso(rangeStart('5d', '4h', coins))).toBe('2026-11-19T16:00:00Z');
    expect(iso(rangeStart('1d', '1h', coins))).toBe('2026-11-23T16:00:00Z');
    expect(iso(rangeStart('5d', '1d', coins))).toBe('2026-11-19T00:00:00Z');
  });

  it.each<[Range, string | null]>([
    ['1mo', '2026-10-24T00:00:00Z'],
    ['6mo', '2026-05-24T00:00:00Z'],
    ['ytd', '2026-01-01T00:00:00Z'],
    ['1y', '2025-11-24T00:00:00Z'],
    ['5y', '2021-11-24T00:00:00Z'],
    ['max', null],
  ])('of %s is %s', (range, start) => {
    expect(iso(rangeStart(range, '1d', newYork))).toBe(start);
  });

  it('of a month from the 31st is the last day of a shorter month', () => {
    const end = { ...coins, now: Date.parse('2027-03-31T12:00:00Z') };
    expect(iso(rangeStart('1mo', '4h', end))).toBe('2027-02-28T00:00:00Z');
  });
});

describe('windowOf', () => {
  const start = Date.parse('2026-11-20T15:00:00Z');
  const end = Date.parse('2026-11-23T15:00:00Z');

  it('takes instants as they are for intraday bars', () => {
    expect(windowOf({ start, end }, '1m', newYork)).toEqual({
      timeframe: '1m',
      from: start,
      to: end,
      newest: false,
      descending: false,
      adjustment: 'split',
      asOf: null,
    });
    expect(windowOf({ adjustment: 'raw', asOf: end }, '1m', newYork)).toMatchObject({
      adjustment: 'raw',
      asOf: end,
    });
  });

  it('compares dates for bars of a day and longer', () => {
    const { from, to } = windowOf({ start, end }, '1d', newYork);
    expect([iso(from), iso(to)]).toEqual(['2026-11-20T00:00:00Z', '2026-11-23T00:00:00Z']);
    expect(windowOf({ start, end }, '1mo', newYork)).toMatchObject({ from, to });
  });

  it('takes the newest bars unless a start is given', () => {
    expect(windowOf({}, '1d', newYork)).toMatchObject({ from: null, to: null, newest: true, descending: false });
    expect(windowOf({ end }, '1m', newYork)).toMatchObject({ to: end, newest: true });
    expect(windowOf({ range: '5d' }, '1m', newYork)).toMatchObject({ newest: true, to: null });
  });

  it('begins at the newest bar when it is sorted backwards', () => {
    expect(windowOf({ start, sort: 'desc' }, '1m', newYork)).toMatchObject({ newest: true, descending: true });
  });
});
