import { expect, it } from 'vitest';
import { comparisonName, comparisonUrl, parseComparisonName } from './comparison-name';

const KEY = { symbol: 'BRK/B', session: '2026-11-27', timeframe: '1m', source: 'yahoo', other: 'alpaca' } as const;

it('a comparison survives the round trip through the URL, whatever its symbol is', () => {
  expect(parseComparisonName(comparisonName(KEY))).toEqual(KEY);
  const url = new URL(comparisonUrl(KEY), 'http://127.0.0.1');
  expect(parseComparisonName(url.searchParams.get('comparison'))).toEqual(KEY);
});

it.each([
  null,
  '',
  'SPY',
  'SPY/yesterday/1m/yahoo/alpaca',
  'SPY/2026-11-27/1m/yahoo',
  'SPY/2026-02-30/1m/yahoo/alpaca',
])('%s names none', (text) => {
  expect(parseComparisonName(text)).toBeNull();
});
