import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../domain/timeframe.js';
import { respondWith, stubServer } from '../../test/stub-server.js';
import { joinPages } from '../pages.js';
import { ProviderError, type BarsOfManyRequest, type RawPayload } from '../provider.js';
import { createAlpaca } from './client.js';
import { fitsUrl } from './request-url.js';
import { parseBars } from './wire.js';

const NOW = Date.parse('2026-11-20T20:00:00Z');
const [KEY, SECRET] = ['PK-key-id-1', 'secret-key-2'];
const server = stubServer();
const never = () => new AbortController().signal;
const alpaca = (keys: { keyId?: string; secretKey?: string } = { keyId: KEY, secretKey: SECRET }) =>
  createAlpaca({ baseUrl: `${server.base}/`, keyId: keys.keyId, secretKey: keys.secretKey, feed: 'sip' });
const requestOf = (request: Partial<BarsOfManyRequest> = {}): BarsOfManyRequest => ({
  ...{ providerSymbols: ['ABC', 'BRK.B'], timeframe: '1m', now: NOW },
  ...{ window: { from: NOW - 10 * MINUTE, to: NOW } },
  ...request,
});
const fetchPage = async (request: BarsOfManyRequest, page?: string) =>
  alpaca().fetchBarsOfMany!(request, never(), page);
async function fetchAll(request: BarsOfManyRequest): Promise<RawPayload> {
  const first = await fetchPage(request);
  const pages: [RawPayload, ...RawPayload[]] = [first];
  for (let { next } = first; next !== undefined; { next } = pages.at(-1)!) pages.push(await fetchPage(request, next));
  return joinPages(pages);
}
const queryOf = (n: number) => Object.fromEntries(new URL(server.requests[n]!.url!, server.base).searchParams);
const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
};
/** As text, with spelling that parsing and writing again would lose. */
const ROW = '{"t":"2026-11-20T19:59:00Z","o":50.10,"h":51,"l":5e1,"c":50.50,"v":100,"n":1,"vw":50.250000}';

describe('a request to Alpaca', () => {
  it('has both keys in headers, all symbols, unadjusted prices and the feed', async () => {
    server.respond = respondWith(200, { bars: {}, next_page_token: null });
    const payload = await fetchPage(requestOf());
    expect(server.requests[0]!.headers).toMatchObject({ 'apca-api-key-id': KEY, 'apca-api-secret-key': SECRET });
    expect(new URL(server.requests[0]!.url!, server.base).pathname).toBe('/v2/stocks/bars');
    expect(queryOf(0)).toEqual({
      ...{ symbols: 'ABC,BRK.B', timeframe: '1Min', limit: '10000', adjustment: 'raw', feed: 'sip' },
      ...{ start: '2026-11-20T19:50:00Z', end: '2026-11-20T19:59:59Z' },
    });
    expect(inspect(payload)).not.toMatch(/key-id|secret/);
    expect(payload.next).toBeUndefined();
  });

  it('names the days of a window, up to a midnight in New York that has passed', async () => {
    server.respond = respondWith(200, { bars: {}, next_page_token: null });
    const window = { from: Date.parse('2026-11-12T14:30:00Z'), to: Date.parse('2026-11-19T21:00:00Z') };
    await fetchPage(requestOf({ timeframe: '1d', window }));
    expect(queryOf(0)).toMatchObject({ timeframe: '1Day', start: '2026-11-12T00:00:00Z', end: '2026-11-19T05:00:00Z' });
  });

  it('reads on until there is no token, then splits and dividends if bars may be from before them', async () => {
    const answers = [
      { bars: { ABC: [] }, next_page_token: 'one' },
      { bars: {}, next_page_token: null },
      { corporate_actions: {}, next_page_token: 'two' },
      { corporate_actions: {}, next_page_token: null },
    ];
    server.respond = (request, response) => respondWith(200, answers.shift())(request, response);
    const window = { from: NOW - 3 * 24 * 60 * MINUTE, to: NOW };
    const payload = await fetchAll(requestOf({ window }));
    expect(server.requests.map(({ url }) => new URL(url!, server.base).pathname)).toEqual([
      ...['/v2/stocks/bars', '/v2/stocks/bars', '/v1/corporate-actions', '/v1/corporate-actions'],
    ]);
    expect([queryOf(1).page_token, queryOf(2).page_token, queryOf(3).page_token]).toEqual(['one', undefined, 'two']);
    expect(queryOf(2)).toMatchObject({ symbols: 'ABC,BRK.B', start: '2026-11-17', end: '2026-12-20' });
    expect(JSON.parse(payload.body.toString())).toHaveLength(4);
  });

  it('requests no splits for minutes of the current session', async () => {
    server.respond = respondWith(200, { bars: {}, next_page_token: null });
    await fetchAll(requestOf());
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [403, { message: 'forbidden.' }, 'plan-limit'],
    [403, { message: 'subscription does not permit querying recent SIP data' }, 'not-obtainable'],
    [401, '<html><head><title>401 Authorization Required</title></head></html>', 'plan-limit'],
    [403, '<html><head><title>403 Forbidden</title></head></html>', 'unavailable'],
    [400, { message: 'end should not be before start' }, 'not-obtainable'],
    [422, { code: 42210000, message: 'invalid query parameter' }, 'not-obtainable'],
    [500, { message: 'internal server error occurred' }, 'unavailable'],
    [200, '<html>', 'bad-content'],
    [200, '{"bars":{"ABC":[{"t":"2026-', 'bad-content'],
  ])('tells errors apart: %d %j', async (status, body, kind) => {
    server.respond = respondWith(status, body);
    const error = await failure(fetchPage(requestOf()));
    expect([error.kind, error.details.symbol]).toEqual([kind, undefined]);
  });

  it.each([
    [403, { message: 'forbidden.' }],
    [401, '<html><head><title>401 Authorization Required</title></head></html>'],
  ])('names the variables of keys that are refused: %d', async (status, body) => {
    server.respond = respondWith(status, body);
    expect((await failure(fetchPage(requestOf()))).message).toMatch(/ALPACA_KEY_ID and ALPACA_SECRET_KEY/);
  });

  it('says which symbol it was refused for', async () => {
    server.respond = respondWith(400, { message: 'invalid symbol: BRK.B' });
    expect(await failure(fetchPage(requestOf()))).toMatchObject({
      ...{ kind: 'unknown-symbol', details: { symbol: 'BRK.B', status: 400 } },
    });
  });

  it('waits until the limit is reset, by the clock of the response; other errors have no such time', async () => {
    const sent = new Date(NOW).toUTCString();
    const headers = { date: sent, 'x-ratelimit-reset': String(NOW / 1000 + 37) };
    server.respond = respondWith(429, { message: 'too many requests.' }, headers);
    expect(await failure(fetchPage(requestOf()))).toMatchObject({
      ...{ kind: 'rate-limited', details: { retryAfterMs: 37_000 } },
    });
    server.respond = respondWith(500, { message: 'internal server error occurred' }, headers);
    expect((await failure(fetchPage(requestOf()))).details.retryAfterMs).toBeUndefined();
  });

  it('is not sent without both keys, and never shows them', async () => {
    for (const keys of [{}, { keyId: KEY }])
      expect((await failure(alpaca(keys).fetchBarsOfMany!(requestOf(), never()))).kind).toBe('plan-limit');
    expect(server.requests).toHaveLength(0);
    server.respond = respondWith(500, { message: `no such key ${KEY}:${SECRET}` });
    expect(inspect(await failure(fetchPage(requestOf())))).not.toMatch(/key-id-1|secret-key/);
  });

  it('is not sent for another timeframe, or an empty window', async () => {
    for (const request of [requestOf({ timeframe: '30m' }), requestOf({ window: { from: NOW, to: NOW } })])
      expect((await failure(fetchPage(request))).kind).toBe('not-obtainable');
    expect(server.requests).toHaveLength(0);
  });
});

describe('the parts of a response for several symbols', () => {
  const partsOf = (body: string, symbols = ['ABC', 'BRK.B', 'NONE']) => {
    const url = `${server.base}/v2/stocks/bars?symbols=ABC%2CBRK.B%2CNONE&timeframe=1Min&start=2026-11-20T19%3A50%3A00Z&end=2026-11-20T19%3A59%3A59Z`;
    const payload = { url, status: 200, body: Buffer.from(body), contentType: null, durationMs: 5, rows: 3 };
    return alpaca().partsOf!(payload, symbols);
  };
  const textOf = ({ body }: RawPayload) => body.toString();

  it('have the bytes of their symbol, and an empty one for a symbol without rows', () => {
    const [abc, brk, none] = partsOf(
      ` {"bars" : {"ABC": [${ROW}, ${ROW}],"BRK.B":[${ROW}] }, "next_page_token":null}\n`,
    );
    expect(textOf(abc!)).toBe(`{"bars":{"ABC":[${ROW}, ${ROW}]},"next_page_token":null}`);
    expect(textOf(brk!)).toBe(`{"bars":{"BRK.B":[${ROW}]},"next_page_token":null}`);
    expect(textOf(none!)).toBe('{"bars":{},"next_page_token":null}');
    expect([abc!.rows, brk!.rows, none!.rows]).toEqual([2, 1, 0]);
  });

  it('are read like a response for that symbol alone, and their URL says so', () => {
    const [, brk] = partsOf(`{"bars":{"ABC":[],"BRK.B":[${ROW}]},"next_page_token":null}`);
    const own = { ...requestOf(), providerSymbol: 'BRK.B' };
    expect(parseBars(brk!.body, own).close).toEqual([50.5]);
    expect(new URL(brk!.url).hash).toBe('#part-of-3');
    expect(fitsUrl(brk!.url, own)).toBe(true);
    expect(fitsUrl(brk!.url, { ...own, providerSymbol: 'ABC' })).toBe(false);
    expect(fitsUrl(brk!.url, { ...own, window: { from: NOW - 11 * MINUTE, to: NOW } })).toBe(false);
  });

  it('have their pages, and only their splits and dividends', () => {
    const split = (symbol: string) => `{"symbol":"${symbol}","ex_date":"2026-11-16","new_rate":2.0,"old_rate":1}`;
    const told = `{"forward_splits":[${split('ABC')},${split('NONE')}],"name_changes":[{"old_symbol":"ABC"}],"cash_dividends":null}`;
    const [abc, brk] = partsOf(
      `[{"bars":{"ABC":[${ROW}]},"next_page_token":"t}]\\""},{"bars":{"BRK.B":[]},"next_page_token":null},{"corporate_actions":${told},"next_page_token":null}]`,
    );
    expect(textOf(abc!)).toBe(
      `[{"bars":{"ABC":[${ROW}]},"next_page_token":"t}]\\""},{"bars":{},"next_page_token":null},{"corporate_actions":{"forward_splits":[${split('ABC')}]},"next_page_token":null}]`,
    );
    expect(JSON.parse(textOf(brk!))).toEqual([
      { bars: {}, next_page_token: 't}]"' },
      { bars: { 'BRK.B': [] }, next_page_token: null },
      { corporate_actions: {}, next_page_token: null },
    ]);
  });

  it('are empty where null stands for nothing, and are refused where there is neither bars nor actions', () => {
    const [abc] = partsOf('[{"bars":{"ABC":null},"next_page_token":"x"},{"bars":null},{"corporate_actions":null}]');
    expect(textOf(abc!)).toBe('[{"bars":{"ABC":null},"next_page_token":"x"},{"bars":{}},{"corporate_actions":{}}]');
    expect(textOf(partsOf('{"corporate_actions":{"name_changes":[null]}}')[0]!)).toBe('{"corporate_actions":{}}');
    const [none] = partsOf('{"next_page_token":null}');
    expect(() => parseBars(none!.body, { ...requestOf(), providerSymbol: 'ABC' })).toThrow('expected an object');
  });
});
