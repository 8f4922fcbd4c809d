import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../timeframe.js';
import { calendarOf, type CalendarId, type Session } from './index.js';
import { slotCount, slotEnd, slotIndex, slotsOf } from './slots.js';

const sessionOf = (id: CalendarId, date: string): Session => calendarOf(id).sessionOn(date)!;
const utc = (text: string): number => Date.parse(text);

describe('slots of a session', () => {
  it('are its minutes: 390 in New York, 210 on its half days', () => {
    const session = sessionOf('XNYS', '2026-11-20');
    const slots = slotsOf('XNYS', '1m', session);
    expect(slots).toHaveLength(390);
    expect([slots[0], slots.at(-1)]).toEqual([session.open, session.close - MINUTE]);
    expect(slotsOf('XNYS', '1m', sessionOf('XNYS', '2026-11-27'))).toHaveLength(210);
  });

  it('leave out the lunch break in Hong Kong', () => {
    const slots = slotsOf('XHKG', '1m', sessionOf('XHKG', '2026-06-15'));
    expect(slots).toHaveLength(330);
    expect(slots.slice(149, 151)).toEqual([utc('2026-06-15T03:59Z'), utc('2026-06-15T05:00Z')]);
    expect(slotsOf('XHKG', '1m', sessionOf('XHKG', '2026-02-16'))).toHaveLength(150);
  });

  it('step from the open and restart after a break, in longer timeframes', () => {
    const session = sessionOf('XHKG', '2026-06-15');
    expect(slotsOf('XHKG', '30m', session)).toHaveLength(11);
    expect(slotsOf('XHKG', '4h', session)).toEqual([utc('2026-06-15T01:30Z'), utc('2026-06-15T05:00Z')]);
  });

  it('are on the UTC grid for coins', () => {
    const session = sessionOf('24/7', '2026-06-15');
    expect(slotsOf('24/7', '30m', session)).toHaveLength(48);
    expect(slotsOf('24/7', '4h', session)).toEqual([0, 4, 8, 12, 16, 20].map((h) => utc('2026-06-15') + h * HOUR));
  });

  it('are one label, 00:00Z of the trading date, for a day', () => {
    expect(slotsOf('XHKG', '1d', sessionOf('XHKG', '2026-06-15'))).toEqual([utc('2026-06-15')]);
    expect(slotsOf('24/7', '1d', sessionOf('24/7', '2026-06-14'))).toEqual([utc('2026-06-14')]);
  });

  it('are every fourth day since 1970 for 4-day bars, and only if the market never closes', () => {
    const days = calendarOf('24/7').sessionsBetween(utc('2026-06-01'), utc('2026-07-11'));
    const labels = days.flatMap((session) => slotsOf('24/7', '4d', session));
    expect(labels).toHaveLength(10);
    expect(labels.every((label) => (label / DAY) % 4 === 0)).toBe(true);
    const stocks = calendarOf('XNYS').sessionsBetween(utc('2026-06-01'), utc('2026-06-12'));
    expect(stocks.flatMap((session) => slotsOf('XNYS', '4d', session))).toEqual([]);
  });
});

describe('the end of a slot', () => {
  const hongKong = sessionOf('XHKG', '2026-06-15');

  it('is one bar later, or the break or close that cuts the bar short', () => {
    expect(slotEnd('1m', hongKong, hongKong.open)).toBe(hongKong.open + MINUTE);
    expect(slotEnd('1m', hongKong, hongKong.close - MINUTE)).toBe(hongKong.close);
    expect(slotEnd('4h', hongKong, hongKong.open)).toBe(utc('2026-06-15T04:00Z'));
    expect(slotEnd('4h', hongKong, utc('2026-06-15T05:00Z'))).toBe(hongKong.close);
  });

  it('is the close of the session for a daily bar, and four days later for a 4-day bar', () => {
    expect(slotEnd('1d', hongKong, utc('2026-06-15'))).toBe(hongKong.close);
    const day = sessionOf('24/7', '2026-06-15');
    expect(slotEnd('1d', day, day.open)).toBe(day.open + DAY);
    expect(slotEnd('4d', day, day.open)).toBe(day.open + 4 * DAY);
  });
});

describe('the index of a slot', () => {
  it.each([
    ['XNYS', '1m', '2026-11-20'],
    ['XHKG', '1m', '2026-06-15'],
    ['XHKG', '30m', '2026-06-15'],
    ['XHKG', '4h', '2026-06-15'],
    ['XPAR', '1d', '2026-06-15'],
    ['24/7', '30m', '2026-06-15'],
    ['24/7', '4d', '2026-06-15'],
    ['24/7', '4d', '2026-06-16'],
  ] as const)('is its position in slotsOf, and slotCount is their number (%s %s %s)', (id, timeframe, date) => {
    const session = sessionOf(id, date);
    const slots = slotsOf(id, timeframe, session);
    expect(slotCount(id, timeframe, session)).toBe(slots.length);
    for (let time = session.open - DAY; time <= session.close + HOUR; time += 30_000) {
      expect(slotIndex(id, timeframe, session, time)).toBe(slots.indexOf(time));
    }
  });
});
