import { describe, expect, it } from 'vitest';
import { csvUrl, type ChartBars } from './chart-url';

const meta = { start: null, end: null } as NonNullable<ChartBars['bars']>['meta'];
const MINUTES: ChartBars = {
  asset: { assetClass: 'stock', symbol: 'SPY' },
  range: 'max',
  bars: { timeframe: '1m', meta },
  asOf: null,
  source: null,
};

describe('the address of a chart as CSV', () => {
  it('has the whole range: with a limit the API would send a page of it', () => {
    expect(csvUrl(MINUTES, '')).toBe('/api/stocks/SPY/ohlcv?range=max&timeframe=1m&format=csv');
  });

  it('has the instant that the chart shows', () => {
    expect(csvUrl({ ...MINUTES, asOf: '2026-11-28T22:39:00.000Z' }, '')).toContain(
      '&asOf=2026-11-28T22%3A39%3A00.000Z',
    );
  });

  it('has the source that the chart shows alone', () => {
    expect(csvUrl({ ...MINUTES, source: 'alpaca' }, '')).toContain('&source=alpaca');
  });

  it('leaves the timeframe to the API until the bars are loaded', () => {
    const loading = { ...MINUTES, asset: { assetClass: 'crypto' as const, symbol: 'BTC' }, bars: undefined };
    expect(csvUrl(loading, 'http://bars')).toBe('http://bars/api/crypto/BTC/ohlcv?range=max&format=csv');
  });
});
