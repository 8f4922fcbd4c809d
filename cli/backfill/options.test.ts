import { describe, expect, it } from '@jest/globals';
import { backfillOptions } from './options.js';
import { progressText } from './progress.js';

describe('the options of npm run backfill', () => {
  it('become the input of the workflow', () => {
    const argv = '--assets spy,BTC --timeframe 1m --from 2026-11-01 --to 2026-11-20T14:30:00Z --refetch'.split(' ');
    expect(backfillOptions(argv)).toEqual({
      ...{ symbols: ['SPY', 'BTC'], timeframes: ['1m'], refetch: true, trigger: 'manual' },
      ...{ from: '2026-11-01', to: '2026-11-20T14:30:00Z' },
    });
  });

  it('are all optional', () => {
    expect(backfillOptions([])).toEqual({ refetch: false, trigger: 'manual' });
  });

  it.each([
    ['--from 2026-02-30', /--from 2026-02-30 is neither a date/],
    ['--to tomorrow', /--to tomorrow/],
    ['--from 2026-11-02 --to 2026-11-02', /--from must be before --to/],
    ['--timeframe 5m', /--timeframe 5m is not stored\. Choose from 1m, 30m/],
    ['--assets SPY,,BTC', /Write a list as/],
    ['--asset SPY', /Unknown option --asset\. Did you mean --assets\?/],
  ])('refuses %s with exit code 2', (line, message) => {
    const attempt = () => backfillOptions(line.split(' '));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('the progress of a backfill', () => {
  it.each([
    [{ requestsTotal: 0, requestsDone: 0, requestsFailed: 0, rowsInserted: 0 }, 'planning'],
    [
      { requestsTotal: 40, requestsDone: 12, requestsFailed: 1, rowsInserted: 18_321 },
      '12 of 40 requests (30 %), 18,321 bars stored, 1 failed',
    ],
  ])('%j', (progress, text) => expect(progressText(progress)).toBe(text));
});
