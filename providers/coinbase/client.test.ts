import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { respondWith, stubServer } from '../../test/stub-server.js';
import { joinPages } from '../pages.js';
import { ProviderError, type BarsRequest, type RawPayload } from '../provider.js';
import { createCoinbase } from './client.js';
import { fitsUrl } from './request-url.js';
import { parseBars } from './wire.js';

const NOW = Date.parse('2026-11-20T20:00:00Z');
const server = stubServer();
const never = () => new AbortController().signal;
const requestOf = (request: Partial<BarsRequest> = {}): BarsRequest => ({
  ...{ providerSymbol: 'BTC-USD', timeframe: '1m', now: NOW },
  ...{ window: { from: NOW - 10 * MINUTE, to: NOW } },
  ...request,
});
const fetchPage = async (request: BarsRequest, page?: string) =>
  createCoinbase({ baseUrl: server.base }).fetchBars(request, never(), page);

/** Reads on as long as there is a next page. */
async function fetchAll(request: BarsRequest): Promise<RawPayload> {
  const first = await fetchPage(request);
  const pages: [RawPayload, ...RawPayload[]] = [first];
  for (let { next } = first; next !== undefined; { next } = pages.at(-1)!) pages.push(await fetchPage(request, next));
  return joinPages(pages);
}
const asked = () =>
  server.requests.map(({ url }) => {
    const { searchParams } = new URL(url!, server.base);
    return [searchParams.get('start'), searchParams.get('end')];
  });
/** All minutes that a request is for, newest first. */
function minutesOf(url: string): number[][] {
  const { searchParams } = new URL(url, server.base);
  const [start, end] = ['start', 'end'].map((name) => Date.parse(searchParams.get(name)!));
  const count = (end! - start!) / MINUTE + 1;
  return Array.from({ length: count }, (_, i) => [(end! - i * MINUTE) / 1000, 1, 4, 2, 3, 5]);
}

describe('a request to Coinbase', () => {
  it('has a user agent, and both ends of its window, which are included', async () => {
    server.respond = respondWith(200, [[NOW / 1000 - 60, 1, 4, 2, 3, 5]]);
    const payload = await fetchPage(requestOf());
    expect(server.requests[0]!.headers['user-agent']).toBe('Barkeep');
    expect(new URL(server.requests[0]!.url!, server.base).searchParams.get('granularity')).toBe('60');
    expect(asked()).toEqual([['2026-11-20T19:50:00.000Z', '2026-11-20T19:59:00.000Z']]);
    expect([payload.rows, payload.next]).toEqual([1, undefined]);
    expect(fitsUrl(payload.url, requestOf())).toBe(true);
    expect(fitsUrl(payload.url, requestOf({ providerSymbol: 'ETH-USD' }))).toBe(false);
    expect(fitsUrl(payload.url, requestOf({ timeframe: '30m' }))).toBe(false);
  });

  it('reads a day in five pages of at most 300 minutes, as one payload', async () => {
    server.respond = (request, response) => response.end(JSON.stringify(minutesOf(request.url!)));
    const request = requestOf({ window: { from: NOW - DAY, to: NOW } });
    const payload = await fetchAll(request);
    expect(server.requests).toHaveLength(5);
    expect(payload.rows).toBe(1440);
    const { time } = parseBars(payload.body, request);
    expect(new Set(time).size).toBe(1440);
    expect([Math.min(...time), Math.max(...time)]).toEqual([NOW - DAY, NOW - MINUTE]);
    expect(fitsUrl(payload.url, request)).toBe(true);
  });

  it('requests a long page that came empty once more: that is no proof', async () => {
    let answers = 0;
    server.respond = (request, response) =>
      response.end(JSON.stringify(answers++ === 0 ? [] : minutesOf(request.url!)));
    const window = { from: NOW - 400 * MINUTE, to: NOW };
    const payload = await fetchAll(requestOf({ window }));
    expect(asked().map(([start]) => start)).toEqual([
      '2026-11-20T13:20:00.000Z',
      '2026-11-20T13:20:00.000Z',
      '2026-11-20T18:20:00.000Z',
    ]);
    expect(payload.rows).toBe(400);
  });

  it('believes a second empty page, and a short one at once', async () => {
    server.respond = respondWith(200, []);
    await fetchAll(requestOf({ window: { from: NOW - 100 * MINUTE, to: NOW } }));
    expect(server.requests).toHaveLength(2);
    await fetchAll(requestOf());
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [404, { message: 'NotFound' }, 'unknown-symbol'],
    [400, { message: 'User-Agent header is required.' }, 'not-obtainable'],
    [400, { message: 'start must be before end' }, 'not-obtainable'],
    [429, { message: 'Public rate limit exceeded' }, 'rate-limited'],
    [500, { message: 'Internal server error' }, 'unavailable'],
    [403, '<html><title>Attention Required! | Cloudflare</title></html>', 'unavailable'],
    [200, '<html>', 'bad-content'],
  ])('tells errors apart: %d %j', async (status, body, kind) => {
    server.respond = respondWith(status, body);
    const error = await fetchPage(requestOf()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as ProviderError).kind).toBe(kind);
  });

  it('sends no request for another timeframe, or an empty window', async () => {
    for (const request of [requestOf({ timeframe: '1d' }), requestOf({ window: { from: NOW, to: NOW } })])
      await expect(fetchPage(request)).rejects.toMatchObject({ kind: 'not-obtainable' });
    expect(server.requests).toHaveLength(0);
  });
});
