import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../config/catalog/providers.js';
import type { Timeframe } from '../timeframe.js';
import type { Range } from './range.js';
import { aggregationOf, baseOf, defaultTimeframe, servedTimeframes } from './timeframes.js';

const yahoo = PROVIDERS.yahoo;
const coingecko = PROVIDERS.coingecko;

describe('the served timeframes', () => {
  it('are the stored ones and those aggregated from them, shortest first', () => {
    expect(servedTimeframes(yahoo)).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo']);
    expect(servedTimeframes(coingecko)).toEqual(['30m', '1h', '4h', '1d', '4d', '1w', '1mo']);
  });

  it('are read from a stored timeframe or aggregated from one', () => {
    expect(aggregationOf(yahoo, '1m')).toBeNull();
    expect(aggregationOf(yahoo, '1w')).toEqual({ base: '1d', timeframe: '1w' });
    expect(aggregationOf(coingecko, '1d')).toEqual({ base: '4h', timeframe: '1d' });
  });

  it('throw for a timeframe that is not served', () => {
    expect(() => baseOf(yahoo, '4d')).toThrow(RangeError);
  });
});

describe('the default timeframe', () => {
  it.each<['yahoo' | 'coingecko', Range | undefined, Timeframe]>([
    ['yahoo', '1d', '1m'],
    ['yahoo', '5d', '5m'],
    ['yahoo', '1mo', '1d'],
    ['yahoo', '1y', '1d'],
    ['yahoo', '5y', '1w'],
    ['yahoo', 'max', '1mo'],
    ['yahoo', undefined, '1d'],
    ['coingecko', '1d', '30m'],
    ['coingecko', '5d', '4h'],
    ['coingecko', '1mo', '4h'],
    ['coingecko', 'ytd', '4d'],
    ['coingecko', undefined, '30m'],
  ])('of %s and the range %s is %s', (id, range, timeframe) => {
    expect(defaultTimeframe(PROVIDERS[id], range, false)).toBe(timeframe);
  });

  it('is finer if the stored bars behind it cover the range', () => {
    expect(defaultTimeframe(yahoo, '1mo', true)).toBe('30m');
    expect(defaultTimeframe(yahoo, '1y', true)).toBe('1d');
    expect(defaultTimeframe(coingecko, '1mo', true)).toBe('4h');
  });
});
