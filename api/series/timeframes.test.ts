import { describe, expect, it } from '@jest/globals';
import { timeframesOf } from '../../config/catalog/providers.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { arrivalMs, baseOf, aggregationOf, timeframesOfClass } from './timeframes.js';

describe('timeframes', () => {
  it('are what is stored, and what is rolled up from it', () => {
    expect(timeframesOfClass('stock')).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo']);
    expect(timeframesOfClass('crypto')).toEqual(['30m', '1h', '4h', '1d', '4d', '1w', '1mo']);
  });

  it.each([
    ['stock', 'yahoo'],
    ['crypto', 'coingecko'],
  ] as const)('of a %s that are their own base are those that its provider has', (assetClass, provider) => {
    const stored = timeframesOfClass(assetClass).filter((timeframe) => aggregationOf(assetClass, timeframe) === null);
    expect(stored).toEqual(timeframesOf(provider));
  });

  it('that a class is not answered in have no base', () => {
    expect(() => baseOf('stock', '4d')).toThrow(RangeError);
  });

  it('arrive within a turn of the pipeline that fetches them', () => {
    expect(arrivalMs('yahoo', '1m')).toBe(2 * MINUTE);
    expect(arrivalMs('yahoo', '1d')).toBe(31 * MINUTE);
    expect(arrivalMs('coingecko', '4h')).toBeLessThan(HOUR);
  });
});
