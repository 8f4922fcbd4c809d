import { expect, it } from 'vitest';
import type { BackfillPlan } from '../contracts/activities.js';
import { rateWaitInWords } from '../contracts/queries.js';
import { RateWaits } from './rate-waits.js';

const requestsOf = (...providers: string[]) =>
  providers.map((provider) => ({ provider })) as unknown as BackfillPlan['requests'];

it('of the providers whose rate is waited for, the one that takes longest is named, until one request is left', async () => {
  const requests = requestsOf('yahoo', 'yahoo', 'yahoo', 'alpaca', 'alpaca', 'coingecko', 'coingecko', 'coingecko');
  const waits = new RateWaits({ requests, secondsPerRequest: { yahoo: 0.25, alpaca: 2, coingecko: 1 / 0.33 } });
  expect(waits.longest).toMatchObject({ provider: 'coingecko', requests: 3 });
  expect(rateWaitInWords(waits.longest!)).toBe('waits for CoinGecko: one request every 3 s');
  await waits.during('coingecko', Promise.resolve());
  await waits.during('coingecko', Promise.reject(new Error('refused'))).catch(() => undefined);
  expect(waits.longest).toMatchObject({ provider: 'alpaca', requests: 2 });
  await waits.during('alpaca', Promise.resolve());
  expect(waits.longest).toBeNull(); // requests that may follow each other at once wait for no rate
});

it('a plan of an older worker says no rates, so that no wait is named', () => {
  expect(new RateWaits({ requests: requestsOf('yahoo', 'yahoo') }).longest).toBeNull();
});
