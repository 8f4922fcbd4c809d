import { describe, expect, it } from 'vitest';
import { rebuildOptions } from './options.js';

describe('the options of npm run rebuild', () => {
  it('select part of a series', () => {
    const argv = '--asset spy --timeframe 1m --from 2026-11-01 --to 2026-11-20T14:30:00Z --all'.split(' ');
    expect(rebuildOptions(argv)).toEqual({
      ...{ symbol: 'SPY', timeframe: '1m', all: true },
      window: { from: Date.parse('2026-11-01'), to: Date.parse('2026-11-20T14:30:00Z') },
    });
  });

  it('default to everything that the asset has', () => {
    expect(rebuildOptions(['--asset', 'BTC'])).toMatchObject({ symbol: 'BTC', timeframe: null, all: false });
    expect(rebuildOptions(['--help'])).toBeNull();
  });

  it.each([
    ['--timeframe 1m', /--asset is missing/],
    ['--asset SPY --from 2026-02-30', /--from 2026-02-30 is neither a date/],
    ['--asset SPY --from 2026-11-02 --to 2026-11-02', /--from must be before --to/],
    ['--asset SPY --timeframe 5m', /--timeframe 5m is not stored\. Choose from 1m, 30m/],
    ['--assets SPY', /Unknown option --assets\. Did you mean --asset\?/],
  ])('refuses %s with exit code 2', (line, message) => {
    const attempt = () => rebuildOptions(line.split(' '));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
