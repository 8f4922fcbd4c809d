import { describe, expect, it } from 'vitest';
import { calendarOf } from './index.js';
import { nearestSlots } from './nearest-slots.js';

const near = (mic: 'XNYS' | 'XHKG' | '24/7', timeframe: '1m' | '1d' | '4d' | '30m', time: string) => {
  const { before, after } = nearestSlots(calendarOf(mic), timeframe, Date.parse(time));
  const iso = (ms: number | null) => ms && new Date(ms).toISOString().slice(0, 16);
  return [iso(before), iso(after)];
};

describe('the slots nearest to an instant', () => {
  it.each([
    ['XNYS', '1m', '2026-11-20T15:00:30Z', '2026-11-20T15:00', '2026-11-20T15:01'],
    ['XNYS', '1m', '2026-11-26T15:00:00Z', '2026-11-25T20:59', '2026-11-27T14:30'], // Thanksgiving
    ['XNYS', '1d', '2026-11-21', '2026-11-20T00:00', '2026-11-23T00:00'],
    ['XHKG', '1m', '2026-11-20T04:30:00Z', '2026-11-20T03:59', '2026-11-20T05:00'], // lunch
    ['24/7', '30m', '2026-11-20T04:10:00Z', '2026-11-20T04:00', '2026-11-20T04:30'],
    ['24/7', '4d', '2026-11-20', '2026-11-19T00:00', '2026-11-23T00:00'],
  ] as const)('%s %s at %s', (mic, timeframe, time, before, after) => {
    expect(near(mic, timeframe, time)).toEqual([before, after]);
  });

  it('are null beyond the data of the calendar', () => {
    expect(near('XNYS', '1m', '1850-01-01')).toEqual([null, null]);
    expect(near('XNYS', '1m', '2150-01-01')).toEqual([null, null]);
  });
});
