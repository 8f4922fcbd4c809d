import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../domain/timeframe.js';
import { stubServer, unusedBaseUrl, respondWith } from '../test/stub-server.js';
import { createCoinGecko } from './coingecko/client.js';
import { createProviders } from './index.js';
import { ProviderError, type BarsRequest, type Provider } from './provider.js';
import { createYahoo } from './yahoo/client.js';

const NOW = Date.parse('2026-11-20T20:00:00Z');
const KEY = 'CG-secret-key-123';
/** A busy machine takes more than a hung server may. */
const LIMITS = { timeoutMs: 60_000, maxBodyBytes: 100_000 };
const IMPATIENT_MS = 300;
const server = stubServer();

const yahooChart = {
  chart: {
    result: [
      {
        meta: { symbol: 'SPY', currency: 'USD', exchangeTimezoneName: 'America/New_York' },
        timestamp: [1763649000, 1763649060],
        indicators: { quote: [{ open: [1, 2], high: [1, 2], low: [1, 2], close: [1, 2], volume: [5, null] }] },
      },
    ],
    error: null,
  },
};
const candles = [
  [NOW - 30 * MINUTE, 1, 2, 1, 2],
  [NOW, 2, 3, 2, 3],
];

interface Case {
  name: string;
  create: (limits?: typeof LIMITS) => Provider;
  request: BarsRequest;
  good: unknown;
  failure: (status: number) => unknown;
}
const CASES: Case[] = [
  {
    name: 'yahoo',
    create: (limits = LIMITS) => createYahoo({ baseUrl: server.base, ...limits }),
    request: { providerSymbol: 'SPY', timeframe: '1m', window: { from: NOW - HOUR, to: NOW }, now: NOW },
    good: yahooChart,
    failure: (status) => ({ chart: { result: null, error: { code: `Made up ${status}`, description: 'because' } } }),
  },
  {
    name: 'coingecko',
    create: (limits = LIMITS) => createCoinGecko({ baseUrl: `${server.base}/api/v3`, apiKey: KEY, ...limits }),
    request: { providerSymbol: 'bitcoin', timeframe: '30m', window: { from: NOW - HOUR, to: NOW }, now: NOW },
    good: candles,
    failure: () => ({ error: `because of ${KEY}` }),
  },
];

const finalOf = (body: string, length: number, status = '200 OK') =>
  `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n${body}`;
const chunkOf = (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`;

const never = () => new AbortController().signal;
async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  expect((error as Error).message.length).toBeLessThan(400);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
  return error as ProviderError;
}

describe.each(CASES)('a request to $name', ({ create, request, good, failure }) => {
  const fetchBars = (signal = never()) => create().fetchBars(request, signal);

  it('returns the body byte for byte, with its rows counted', async () => {
    const body = Buffer.from(`\uFEFF${JSON.stringify(good, null, 1)}\r\n`);
    server.respond = respondWith(200, body);
    const got = await fetchBars();
    expect(got.body.equals(body)).toBe(true);
    expect(got).toMatchObject({ status: 200, rows: 2, contentType: 'application/json' });
    expect(got.url.startsWith(server.base)).toBe(true);
    expect(got.durationMs).toBeGreaterThanOrEqual(0);
    expect(server.requests).toHaveLength(1);
  });

  it('decompresses a compressed body', async () => {
    server.respond = respondWith(200, gzipSync(JSON.stringify(good)), { 'content-encoding': 'gzip' });
    expect((await fetchBars()).rows).toBe(2);
  });

  it.each([
    ['429 with seconds', 429, { 'retry-after': '7' }, 'rate-limited', 7_000],
    ['429 without Retry-After', 429, {}, 'rate-limited', undefined],
    [
      '429 with a date',
      429,
      { 'retry-after': 'Fri, 20 Nov 2026 20:01:00 GMT', date: 'Fri, 20 Nov 2026 20:00:00 GMT' },
      'rate-limited',
      60_000,
    ],
    ['500', 500, {}, 'unavailable', undefined],
    ['503 with seconds', 503, { 'retry-after': '30' }, 'unavailable', 30_000],
    ['404', 404, {}, 'unknown-symbol', undefined],
    ['422', 422, {}, 'not-obtainable', undefined],
    ['400', 400, {}, 'not-obtainable', undefined],
    ['401', 401, {}, 'plan-limit', undefined],
    ['403', 403, {}, 'plan-limit', undefined],
  ] as const)('classifies an HTTP %s', async (_name, status, headers, kind, retryAfterMs) => {
    server.respond = respondWith(status, failure(status), headers);
    const error = await failureOf(fetchBars());
    expect(error.kind).toBe(kind);
    expect(error.details).toMatchObject({ status });
    expect(error.details.retryAfterMs).toBe(retryAfterMs);
    expect(error.message).toContain('because');
  });

  it.each([
    ['a maintenance page', 200, '<html><title>Yahoo! - Will be right back...</title></html>', 'bad-content'],
    ['text', 200, 'hello', 'bad-content'],
    ['an empty body', 200, '', 'bad-content'],
    ['truncated JSON', 200, '{"chart":{"result":[{"me', 'bad-content'],
    ['an error with status 200', 200, undefined, 'bad-content'],
    ['a redirect to a consent page', 302, '', 'bad-content'],
    ['a page with status 404', 404, '<html>Not here</html>', 'bad-content'],
    ['"too many requests" from the edge', 429, 'Edge: Too Many Requests', 'rate-limited'],
    ['"too many requests" with status 200', 200, 'Too Many Requests\r\n', 'rate-limited'],
    ['a page of a failing server', 502, '<html>Bad gateway</html>', 'unavailable'],
    ['a block by the CDN', 403, '<html>Error 1020 Access denied</html>', 'unavailable'],
  ] as const)('classifies %s', async (_name, status, text, kind) => {
    server.respond = respondWith(status, text ?? failure(status), {
      'content-type': 'text/html',
      location: `${server.base}/consent`,
    });
    expect((await failureOf(fetchBars())).kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
  });

  it('stops reading a body that is too large', async () => {
    let closed = () => {};
    const stopped = new Promise<void>((resolve) => (closed = resolve));
    server.respond = (_request, response) => {
      response.on('close', closed);
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => response.writable && response.write(`"${'x'.repeat(60_000)}"`, () => setImmediate(more));
      more();
    };
    expect((await failureOf(fetchBars())).kind).toBe('bad-content');
    await stopped;
  });

  it('reports a connection that is reset', async () => {
    server.respond = (request) => request.socket.destroy();
    expect((await failureOf(fetchBars())).kind).toBe('unavailable');
  });

  it('reports a connection that breaks during the body', async () => {
    server.respond = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"chart":', () => request.socket.destroy());
    };
    expect((await failureOf(fetchBars())).kind).toBe('unavailable');
  });

  it.each([
    ['HTTP/1.0, whose body ends with the connection', (body: string) => `HTTP/1.0 200 OK\r\n\r\n${body}`],
    [
      'an interim response before the final one',
      (body: string) => `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${finalOf(body, body.length)}`,
    ],
    [
      'chunks',
      (body: string) =>
        `HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunkOf(body.slice(0, 9))}${chunkOf(body.slice(9))}${chunkOf('')}`,
    ],
  ])('understands %s', async (_name, textOf) => {
    server.respond = ({ socket }) => socket.end(textOf(JSON.stringify(good)));
    expect((await fetchBars()).rows).toBe(2);
  });

  it.each([
    ['a length that is too short', (body: string) => finalOf(body, 9), ['bad-content', 'unavailable']],
    ['a length that is too long', (body: string) => finalOf(body, body.length + 9), ['unavailable']],
    ['a part of the body', (body: string) => finalOf(body.slice(0, 20), 20, '206 Partial Content'), ['bad-content']],
    ['no content', () => 'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n', ['bad-content']],
    [
      'a broken chunk',
      () => 'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      'unavailable',
    ],
    ['what is no HTTP', () => 'SSH-2.0-OpenSSH_9.6\r\n', ['unavailable']],
  ] as const)('reports %s, and the next request is not affected', async (_name, textOf, kinds) => {
    const provider = create();
    server.respond = ({ socket }) => socket.end(textOf(JSON.stringify(good)));
    expect(kinds).toContain((await failureOf(provider.fetchBars(request, never()))).kind);
    server.respond = respondWith(200, good);
    expect((await provider.fetchBars(request, never())).rows).toBe(2);
  });

  it('does not inflate a small body that becomes a huge one', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    server.respond = respondWith(200, bomb, { 'content-encoding': 'gzip' });
    const before = process.memoryUsage().rss;
    expect((await failureOf(fetchBars())).kind).toBe('bad-content');
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  });

  it('reports a body that is not compressed as it says', async () => {
    server.respond = respondWith(200, 'not gzip', { 'content-encoding': 'gzip' });
    expect((await failureOf(fetchBars())).kind).toBe('unavailable');
  });

  it('reports a server that is not running', async () => {
    const alive = server.base;
    server.base = await unusedBaseUrl();
    const error = await failureOf(fetchBars());
    server.base = alive;
    expect(error.kind).toBe('unavailable');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each(['before the headers', 'during the body'])('gives up on a server that hangs %s', async (when) => {
    server.respond = (_request, response) => {
      if (when !== 'before the headers') response.write('{"chart":');
    };
    const impatient = create({ ...LIMITS, timeoutMs: IMPATIENT_MS });
    const error = await failureOf(impatient.fetchBars(request, never()));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.message).toContain('300 ms');
  });

  it("throws the caller's reason when the caller aborts", async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    server.respond = () => controller.abort(reason);
    await expect(fetchBars(controller.signal)).rejects.toBe(reason);
    await expect(fetchBars(controller.signal)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it('sends many requests at once, without queueing', async () => {
    const waiting: (() => void)[] = [];
    server.respond = (incoming, response) => {
      waiting.push(() => respondWith(200, good)(incoming, response));
      if (waiting.length === 12) for (const go of waiting) go();
    };
    const provider = create();
    const all = await Promise.all(Array.from({ length: 12 }, () => provider.fetchBars(request, never())));
    expect(all.map(({ rows }) => rows)).toEqual(Array(12).fill(2));
  });
});

describe('createProviders', () => {
  it('creates every provider with the base URLs of the environment', async () => {
    const providers = createProviders({
      YAHOO_BASE_URL: server.base,
      COINGECKO_BASE_URL: `${server.base}/api/v3`,
      COINGECKO_API_KEY: KEY,
    });
    for (const { name, request, good } of CASES) {
      server.respond = respondWith(200, good);
      const provider = providers[name as keyof typeof providers];
      expect(provider.id).toBe(name);
      expect((await provider.fetchBars(request, never())).url.startsWith(server.base)).toBe(true);
    }
  });
});

describe('a response with an ETag', () => {
  const { create, request } = CASES.find(({ name }) => name === 'coingecko')!;
  const other = { ...request, providerSymbol: 'ethereum' };
  /** Confirms the tag v1, and sends the candles of v2 with any other. */
  const asTagged =
    (changed: unknown): typeof server.respond =>
    (received, response) =>
      received.headers['if-none-match'] === 'W/"v1"'
        ? respondWith(304, '')(received, response)
        : respondWith(200, changed, { etag: 'W/"v2"' })(received, response);
  const tags = () => server.requests.map(({ headers }) => headers['if-none-match']);

  it('is confirmed by a 304: the payload is its body, with the status as it came', async () => {
    const provider = create();
    server.respond = respondWith(200, candles, { etag: 'W/"v1"' });
    const first = await provider.fetchBars(request, never());
    server.respond = asTagged([]);
    const second = await provider.fetchBars(request, never());
    expect(second).toMatchObject({ status: 304, rows: 2, url: first.url, contentType: first.contentType });
    expect(second.body.equals(first.body)).toBe(true);
    const third = await provider.fetchBars(request, never());
    expect(third.body.equals(first.body)).toBe(true);
    expect(tags()).toEqual([undefined, 'W/"v1"', 'W/"v1"']);
  });

  it('is replaced by the next one', async () => {
    const provider = create();
    server.respond = respondWith(200, candles, { etag: 'W/"v0"' });
    await provider.fetchBars(request, never());
    server.respond = asTagged([candles[0]]);
    expect(await provider.fetchBars(request, never())).toMatchObject({ status: 200, rows: 1 });
    await provider.fetchBars(request, never());
    expect(tags()).toEqual([undefined, 'W/"v0"', 'W/"v2"']);
  });

  it('is not asked about if it was an error, or of another URL', async () => {
    const provider = create();
    server.respond = respondWith(500, { error: 'no' }, { etag: 'W/"v1"' });
    await failureOf(provider.fetchBars(request, never()));
    server.respond = respondWith(200, candles, { etag: 'W/"v1"' });
    await provider.fetchBars(other, never());
    await provider.fetchBars(request, never());
    expect(tags()).toEqual([undefined, undefined, undefined]);
  });

  it('is needed for a 304', async () => {
    server.respond = respondWith(304, '');
    expect(await failureOf(create().fetchBars(request, never()))).toMatchObject({ kind: 'bad-content' });
  });
});
