import { describe, expect, it } from 'vitest';
import { TIMEFRAMES } from '../../domain/timeframe.js';
import { didYouMean, sameTimeframe } from './did-you-mean.js';

const PARAMETERS = ['start', 'end', 'range', 'timeframe', 'limit', 'sort', 'asOf'];

describe('didYouMean', () => {
  it.each([
    ['interval', 'timeframe'],
    ['from', 'start'],
    ['to', 'end'],
    ['Timeframe', 'timeframe'],
    ['asof', 'asOf'],
    ['timefame', 'timeframe'],
    ['strat', 'start'],
    ['limits', 'limit'],
    ['as_of', 'asOf'],
    ['startDate', 'start'],
    ['end_date', 'end'],
    ['END-TIME', 'end'],
    ['pageSize', 'limit'],
    ['before', 'end'],
  ])('of %s is %s', (given, meant) => {
    expect(didYouMean(given, PARAMETERS)).toBe(`; did you mean ${meant}?`);
  });

  it.each(['', 'foo', 'x', 'constructor', 'count2', 'interval'])(
    'of %j is nothing where nothing is similar',
    (given) => {
      expect(didYouMean(given, ['start', 'end'])).toBe('');
    },
  );
});

describe('sameTimeframe', () => {
  it.each([
    ['1Min', '1m'],
    ['1min', '1m'],
    ['5Minutes', '5m'],
    ['1D', '1d'],
    ['D', '1d'],
    ['daily', '1d'],
    ['1H', '1h'],
    ['60', '1h'],
    ['60m', '1h'],
    ['60min', '1h'],
    ['90m', '90m'],
    ['240', '4h'],
    ['24h', '1d'],
    ['1440', '1d'],
    ['7d', '1w'],
    ['0', '0m'],
    ['60s', '60s'],
    ['', ''],
    ['15', '15m'],
    ['1M', '1mo'],
    ['1Month', '1mo'],
    ['1W', '1w'],
    ['weekly', '1w'],
    ['1wk', '1w'],
    ['up', 'up'],
  ])('of %s is %s', (given, ours) => {
    expect(sameTimeframe(given)).toBe(ours);
  });

  it('leaves ours as they are', () => {
    expect(TIMEFRAMES.map(sameTimeframe)).toEqual(TIMEFRAMES);
  });
});
