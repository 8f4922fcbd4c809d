import { describe, expect, it } from 'vitest';
import { HOUR } from '../../domain/timeframe.js';
import { stubServer, respondWith } from '../../test/stub-server.js';
import { ProviderError, type BarsRequest } from '../provider.js';
import { createYahoo } from './client.js';

const NOW = Date.parse('2026-11-20T20:00:00Z');
const REQUEST: BarsRequest = {
  providerSymbol: 'SPY',
  timeframe: '1m',
  window: { from: NOW - HOUR, to: NOW },
  now: NOW,
};
const CHART = { chart: { result: [{ meta: { symbol: 'SPY' }, indicators: { quote: [{}] } }], error: null } };
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

describe('a request to Yahoo', () => {
  const fetchBars = (request: Partial<BarsRequest>) =>
    createYahoo({ baseUrl: `${server.base}/prefix/` }).fetchBars({ ...REQUEST, ...request }, never());

  it('requests whole seconds, regular hours, splits and dividends', async () => {
    server.respond = respondWith(200, CHART);
    await fetchBars({ window: { from: NOW - HOUR + 1, to: NOW - 1 }, timeframe: '1d', providerSymbol: '^GSPC' });
    const url = new URL(server.requests[0]!.url!, server.base);
    expect(url.pathname).toBe('/prefix/v8/finance/chart/%5EGSPC');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      period1: String((NOW - HOUR) / 1000),
      period2: String(NOW / 1000),
      interval: '1d',
      includePrePost: 'false',
      events: 'div|split',
    });
    expect(server.requests[0]!.headers['user-agent']).toMatch(/^Mozilla/);
    expect(server.requests[0]!.headers.cookie).toBeUndefined();
  });

  it('encodes the symbol, so that it cannot change the path', async () => {
    server.respond = respondWith(200, CHART);
    await fetchBars({ providerSymbol: '../../x?y=${YF_QUERY_HOST}#z' });
    expect(server.requests[0]!.url).toMatch(
      /^\/prefix\/v8\/finance\/chart\/\.\.%2F\.\.%2Fx%3Fy%3D%24%7BYF_QUERY_HOST%7D%23z\?/,
    );
  });

  it('treats "Data doesn\'t exist" as a payload without rows', async () => {
    const description = "Data doesn't exist for startDate = 1565740800, endDate = 1596067200";
    server.respond = respondWith(400, { chart: { result: null, error: { code: 'Bad Request', description } } });
    expect(await fetchBars({})).toMatchObject({ status: 400, rows: 0 });
  });

  it.each([
    ['Not Found', 404, 'unknown-symbol'],
    ['Unprocessable Entity', 422, 'not-obtainable'],
    ['Bad Request', 400, 'not-obtainable'],
    ['Unauthorized', 401, 'unavailable'],
    ['Not Found', 200, 'unknown-symbol'],
    ['Not Found', 500, 'unavailable'],
  ] as const)('classifies %s with HTTP %d', async (code, status, kind) => {
    server.respond = respondWith(status, { chart: { result: null, error: { code, description: 'so it is' } } });
    expect(await kindOf(fetchBars({}))).toBe(kind);
  });

  it('leaves a null result to the parser', async () => {
    server.respond = respondWith(200, { chart: { result: null, error: null } });
    expect(await fetchBars({})).toMatchObject({ rows: 0 });
  });

  it('sends no request for what Yahoo never has', async () => {
    expect(await kindOf(fetchBars({ timeframe: '4h' }))).toBe('not-obtainable');
    expect(await kindOf(fetchBars({ window: { from: NOW, to: NOW } }))).toBe('not-obtainable');
    expect(server.requests).toHaveLength(0);
  });
});
