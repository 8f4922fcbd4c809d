import { describe, expect, it } from 'vitest';
import { calendarOf, type CalendarId } from '../calendars/index.js';
import type { StoredTimeframe } from '../timeframe.js';
import { windowBars } from './window-bars.js';

const count = (id: CalendarId, timeframe: StoredTimeframe, from: string, to: string) =>
  windowBars(calendarOf(id), timeframe, { from: Date.parse(from), to: Date.parse(to) });

describe('the number of bars in a window', () => {
  it.each<[CalendarId, StoredTimeframe, string, string, number]>([
    ['XNYS', '1m', '2026-11-23T14:30Z', '2026-11-23T21:00Z', 390],
    ['XNYS', '1m', '2026-11-23T20:58Z', '2026-11-24T14:33Z', 5],
    // Thanksgiving and a half day
    ['XNYS', '1m', '2026-11-25T14:30Z', '2026-11-28T00:00Z', 390 + 210],
    ['XHKG', '1m', '2026-11-24T00:00Z', '2026-11-25T00:00Z', 330],
    ['XNYS', '1d', '2026-11-20T14:30Z', '2026-11-24T21:00Z', 3],
    ['XNYS', '1d', '2026-11-20T14:31Z', '2026-11-24T21:00Z', 2],
    ['24/7', '30m', '2026-11-23T16:00Z', '2026-11-24T15:30Z', 47],
    ['24/7', '4d', '2026-11-01T00:00Z', '2026-11-25T00:00Z', 6],
    ['XNYS', '1m', '2026-11-28T00:00Z', '2026-11-30T00:00Z', 0],
  ])('of %s %s from %s to %s is %i', (id, timeframe, from, to, bars) => {
    expect(count(id, timeframe, from, to)).toBe(bars);
  });
});
