import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../timeframe.js';
import { calendarOf } from './index.js';
import { openTime } from './open-time.js';

const at = (text: string) => Date.parse(text);

describe('openTime', () => {
  it('counts sessions only, and no breaks', () => {
    expect(openTime(calendarOf('XNYS'), at('2026-11-20T20:30:00Z'), at('2026-11-23T15:00:00Z'))).toBe(HOUR);
    expect(openTime(calendarOf('XHKG'), at('2026-11-24T03:30:00Z'), at('2026-11-24T05:30:00Z'))).toBe(HOUR);
  });

  it('counts half days as short as they are, and nothing on a holiday', () => {
    expect(openTime(calendarOf('XNYS'), at('2026-11-26T00:00:00Z'), at('2026-11-27T00:00:00Z'))).toBe(0);
    expect(openTime(calendarOf('XNYS'), at('2026-11-27T00:00:00Z'), at('2026-11-28T00:00:00Z'))).toBe(210 * MINUTE);
  });

  it('counts everything where the market never closes, and nothing beyond the data of a calendar', () => {
    expect(openTime(calendarOf('24/7'), at('2026-11-20T20:30:00Z'), at('2026-11-23T15:00:00Z'))).toBe(66.5 * HOUR);
    const { ends } = calendarOf('XNYS');
    expect(openTime(calendarOf('XNYS'), at(`${ends}T15:00:00Z`), at(`${ends}T15:00:00Z`) + 99 * HOUR)).toBe(0);
  });
});
