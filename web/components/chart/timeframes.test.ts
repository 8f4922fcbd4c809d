import { describe, expect, it } from '@jest/globals';
import { comparableTimeframe, timeframeOf, timeframeText } from './timeframes';

describe('timeframes', () => {
  it('are those of the class', () => {
    expect(timeframeOf('stock', '5m')).toBe('5m');
    expect(timeframeOf('crypto', '5m')).toBeUndefined();
    expect(timeframeOf('stock', null)).toBeUndefined();
  });

  it('are compared with the closest that there is', () => {
    expect(comparableTimeframe('crypto', '1d')).toBe('1d');
    expect(comparableTimeframe('crypto', '1m')).toBe('30m');
    expect(comparableTimeframe('stock', '4d')).toBe('1d');
  });

  it('have names', () => {
    expect([timeframeText('30m'), timeframeText('4h'), timeframeText('1mo')]).toEqual([
      '30-minute bars',
      '4-hour bars',
      '1-month bars',
    ]);
  });
});
