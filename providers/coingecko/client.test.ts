import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { stubServer, respondWith } from '../../test/stub-server.js';
import { ProviderError, type BarsRequest } from '../provider.js';
import { createCoinGecko, keyHeaderOf } from './client.js';

const NOW = Date.parse('2026-11-20T20:00:00Z');
const KEY = 'CG-secret-key-123';
const REQUEST: BarsRequest = {
  providerSymbol: 'bitcoin',
  timeframe: '30m',
  window: { from: NOW - HOUR, to: NOW },
  now: NOW,
};
const CANDLES = [[NOW, 2, 3, 2, 3]];
const server = stubServer();
const never = () => new AbortController().signal;

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return (error as ProviderError).kind;
}

describe('a request to CoinGecko', () => {
  const fetchBars = (request: Partial<BarsRequest>, baseUrl = `${server.base}/api/v3`) =>
    createCoinGecko({ baseUrl, apiKey: KEY }).fetchBars({ ...REQUEST, ...request }, never());

  it.each([
    ['30m', HOUR, 1],
    ['30m', 25 * HOUR, 1],
    ['4h', 2 * DAY, 7],
    ['4h', 7 * DAY, 7],
    ['4h', 7 * DAY + 1, 14],
    ['4h', 40 * DAY, 30],
    ['4d', 10 * DAY, 90],
    ['4d', 365 * DAY, 365],
  ] as const)('requests %s bars since %d ms ago with days=%d', async (timeframe, ago, days) => {
    server.respond = respondWith(200, CANDLES);
    await fetchBars({ timeframe, window: { from: NOW - ago, to: NOW } });
    expect(server.requests[0]!.url).toBe(`/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=${days}`);
  });

  it('sends no request for what is out of reach', async () => {
    const window = { from: NOW - 9 * DAY, to: NOW - 2 * DAY };
    expect(await kindOf(fetchBars({ window }))).toBe('not-obtainable');
    expect(await kindOf(fetchBars({ timeframe: '1m' }))).toBe('not-obtainable');
    expect(server.requests).toHaveLength(0);
  });

  it('sends the key in the header of the Demo plan, and nowhere else', async () => {
    server.respond = respondWith(200, CANDLES);
    const got = await fetchBars({});
    expect(server.requests[0]!.headers['x-cg-demo-api-key']).toBe(KEY);
    expect(inspect({ ...got, body: null })).not.toContain(KEY);
  });

  it('sends the key in the header of the Pro plan only to the Pro host', () => {
    expect(keyHeaderOf('https://pro-api.coingecko.com/api/v3')).toBe('x-cg-pro-api-key');
    expect(keyHeaderOf('https://api.coingecko.com/api/v3')).toBe('x-cg-demo-api-key');
    expect(keyHeaderOf('https://pro-api.coingecko.com.example/api/v3')).toBe('x-cg-demo-api-key');
  });

  it.each([
    [401, { status: { error_code: 10002, error_message: 'API Key Missing' } }, 'plan-limit'],
    [401, { status: { error_code: 10005, error_message: 'Pro only' } }, 'not-obtainable'],
    [400, { status: { error_code: 10010, error_message: 'wrong host' } }, 'plan-limit'],
    [400, { status: { error_code: 10011, error_message: 'wrong host' } }, 'plan-limit'],
    [401, { error: { status: { error_code: 10012, error_message: 'past 365 days' } } }, 'not-obtainable'],
    [429, { status: { error_code: 429, error_message: 'Slow down' } }, 'rate-limited'],
    [200, { status: { error_code: 429, error_message: 'Slow down' } }, 'rate-limited'],
    [404, { error: 'coin not found' }, 'unknown-symbol'],
    [200, { error: 'Could not find coin with the given id' }, 'unknown-symbol'],
    [422, { error: 'Missing parameter vs_currency' }, 'not-obtainable'],
    [500, { status: 500, error: 'Internal Server Error' }, 'unavailable'],
  ] as const)('classifies an HTTP %d with %j', async (status, body, kind) => {
    server.respond = respondWith(status, body);
    expect(await kindOf(fetchBars({}))).toBe(kind);
  });

  it('requests the live prices of all coins at once', async () => {
    const row = {
      id: 'bitcoin',
      current_price: 101_000.5,
      total_volume: 3e10,
      last_updated: '2026-11-20T19:59:00.000Z',
    };
    server.respond = respondWith(200, [row, { ...row, id: 'dead', current_price: null }]);
    const provider = createCoinGecko({ baseUrl: `${server.base}/api/v3` });
    const got = await provider.fetchQuotes!(['bitcoin', 'dead'], never());
    expect(server.requests[0]!.url).toBe('/api/v3/coins/markets?vs_currency=usd&ids=bitcoin%2Cdead&per_page=250');
    expect(server.requests[0]!.headers['x-cg-demo-api-key']).toBeUndefined();
    expect(got.rows).toBe(2);
    expect(provider.parseQuotes!(got.body)).toEqual([
      { providerSymbol: 'bitcoin', price: 101_000.5, currency: 'USD', time: NOW - MINUTE, volume24h: 3e10 },
    ]);
    const tooMany = Array.from({ length: 251 }, (_, i) => `coin-${i}`);
    expect(await kindOf(provider.fetchQuotes!(tooMany, never()))).toBe('not-obtainable');
  });
});
