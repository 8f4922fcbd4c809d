import { describe, expect, it } from 'vitest';
import type { Asset, StoredTimeframe } from './api/types';
import {
  barLength,
  comparableTimeframe,
  isDated,
  STORED_TIMEFRAMES,
  timeframeOf,
  timeframesOf,
  timeframeText,
} from './timeframes';

const storedAs = (...timeframes: StoredTimeframe[]): Pick<Asset, 'timeframes'> => ({
  timeframes: timeframes.map((timeframe) => ({
    timeframe,
    delaySeconds: 0,
    settleSeconds: 0,
    firstBar: null,
    lastBar: null,
    sourceOutage: null,
  })),
});
const YAHOO = storedAs('1m', '1d');
const COINGECKO = storedAs('30m', '4h', '4d');

describe('the timeframes of an asset', () => {
  it('are those that its provider sends and those that can be aggregated from them', () => {
    expect(timeframesOf(YAHOO)).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo']);
    expect(timeframesOf(COINGECKO)).toEqual(['30m', '1h', '4h', '1d', '4d', '1w', '1mo']);
    expect(timeframesOf(storedAs('1d'))).toEqual(['1d', '1w', '1mo']);
    expect(timeframesOf(storedAs())).toEqual([]);
  });

  it('decide which timeframe of a URL is valid', () => {
    expect(timeframeOf(YAHOO, '5m')).toBe('5m');
    expect(timeframeOf(COINGECKO, '5m')).toBeUndefined();
    expect(timeframeOf(YAHOO, null)).toBeUndefined();
  });

  it('are compared in the same timeframe or the closest one available', () => {
    expect(comparableTimeframe(COINGECKO, '1d')).toBe('1d');
    expect(comparableTimeframe(COINGECKO, '1m')).toBe('30m');
    expect(comparableTimeframe(YAHOO, '4d')).toBe('1d');
  });
});

it('timeframeText spells out a timeframe', () => {
  expect([timeframeText('30m'), timeframeText('4h'), timeframeText('1mo')]).toEqual([
    '30-minute bars',
    '4-hour bars',
    '1-month bars',
  ]);
});

it('barLength is in ms', () => {
  expect(['1m', '30m', '4h', '1d', '4d', '1w', '1mo'].map((timeframe) => barLength(timeframe) / 60_000)).toEqual([
    1, 30, 240, 1_440, 5_760, 10_080, 44_640,
  ]);
});

it('bars of a day and longer are labelled with dates', () => {
  expect(STORED_TIMEFRAMES.filter(isDated)).toEqual(['1d', '4d']);
});
