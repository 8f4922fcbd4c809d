import { expect, it } from 'vitest';
import { DAY } from '../domain/timeframe.js';
import { quotaPipelineOf, spacingInWords, spacingOf } from './quota.js';

it('spaces out the runs of a provider with a quota, and says at which interval', () => {
  const quota = { used: 6_000, leftMs: 20 * DAY, assets: 3 };
  expect(spacingOf('crypto_20min', quota)).toBe(2);
  expect(spacingInWords('crypto_20min', quota, 2)).toBe(
    '4,000 of the 10,000 calls of the month are left: CoinGecko is requested every 40 minutes instead of every 20',
  );
  expect(spacingOf('crypto_20min', { ...quota, used: 100 })).toBe(1);
});

it('leaves a provider without a quota alone', () => {
  expect(spacingOf('stocks_1min', { used: 1_000_000, leftMs: 20 * DAY, assets: 10_000 })).toBe(1);
  expect([quotaPipelineOf('yahoo'), quotaPipelineOf('coingecko')]).toEqual([null, 'crypto_20min']);
});
