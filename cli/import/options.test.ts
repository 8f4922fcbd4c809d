import { describe, expect, it } from 'vitest';
import { importOptions } from './options.js';

describe('the options of npm run import', () => {
  it('name a file, an asset and a timeframe, and describe a new asset', () => {
    expect(importOptions(['--symbol', 'spy', '--timeframe', '1d', 'bars.csv'])).toEqual({
      ...{ file: 'bars.csv', symbol: 'SPY', timeframe: '1d', asset: null, dryRun: false },
    });
    const argv = 'a.parquet --symbol X --timeframe 1m --exchange xetr --currency EUR --kind fund --dry-run'.split(' ');
    expect(importOptions(argv)).toMatchObject({
      ...{ asset: { exchange: 'XETR', currency: 'EUR', kind: 'fund', name: 'X' }, dryRun: true },
    });
    expect(importOptions(['--help'])).toBeNull();
  });

  it.each([
    ['--symbol X --timeframe 1d', 'Say which file to import.'],
    ['a.csv b.csv --symbol X --timeframe 1d', 'Import one file at a time, not also b.csv.'],
    ['a.csv --timeframe 1d', '--symbol is missing'],
    ['a.csv --symbol X', '--timeframe is missing: one of 1m, 1d.'],
    ['a.csv --symbol X --timeframe 5m', '--timeframe 5m cannot be imported. Choose from 1m, 1d.'],
    ['a.csv --symbol X --timeframe 1d --kind fund', 'A new asset needs --exchange, --currency and --kind.'],
    ['a.csv --symbol X --timeframe 1d --kind bond --exchange XNYS --currency USD', '--kind bond is unknown.'],
    ['a.csv --symbol X --timeframe 1d --kind fund --exchange XNAS --currency USD', '--exchange XNAS is unknown.'],
  ])('refuses %s with exit code 2', (line, words) => {
    const attempt = () => importOptions(line.split(' '));
    expect(attempt).toThrow(words);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
