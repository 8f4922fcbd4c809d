import { afterEach, expect, it } from 'vitest';
import { MINUTE } from '../../domain/timeframe.js';
import { readEnv } from '../env.js';
import { applyFeeds, delayOf, payloadDelayOf } from './provider-delays.js';

afterEach(() => applyFeeds(readEnv({})));

it('bars are as late as the feed that the environment chooses', () => {
  expect(delayOf('alpaca', 'XNYS')).toBe(15 * MINUTE);
  applyFeeds(readEnv({ ALPACA_FEED: 'iex' }));
  expect(delayOf('alpaca', 'XNYS')).toBe(0);
});

it('what a payload proves does not depend on the feed that is chosen later', () => {
  const before = payloadDelayOf('alpaca', 'XNYS');
  applyFeeds(readEnv({ ALPACA_FEED: 'iex' }));
  expect(payloadDelayOf('alpaca', 'XNYS')).toBe(before);
});

it('a provider without a delay of its own is as late as the free feed of each exchange', () => {
  expect([delayOf('yahoo', 'XETR'), payloadDelayOf('yahoo', 'XETR')]).toEqual([15 * MINUTE, 15 * MINUTE]);
  expect([delayOf('yahoo', 'XNYS'), delayOf('coinbase', '24/7')]).toEqual([0, 0]);
});
