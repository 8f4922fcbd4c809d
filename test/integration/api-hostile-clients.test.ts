import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const TOKEN = 'correct-horse-battery';
const BACKFILLS = '/api/pipeline/backfills';
let api: ApiUnderTest;
let port: number;
let logged = '';

beforeAll(async () => {
  const stream = new Writable({ write: (line: Buffer, _encoding, done) => ((logged += line.toString()), done()) });
  api = await startApi({ adminToken: TOKEN, log: pino({ level: 'debug' }, stream) });
  await api.app.listen(0, '127.0.0.1');
  port = (api.app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => api.close());

const rejections = async (): Promise<number> =>
  Number(/^barkeep_token_rejections_total\{token="admin"\} (\d+)/m.exec((await api.get('/metrics')).text)?.[1]);

/** Sends a text as it is, and the socket stays open. */
async function send(request: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}
const post = (authorization: string) =>
  `POST ${BACKFILLS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n${authorization}\r\n{"symbols":`;
const WITH_TOKEN = `Authorization: Bearer ${TOKEN}\r\n`;

describe('the host of a request', () => {
  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example'])('is refused as %s', async (host) => {
    for (const url of ['/api/assets/list', '/', '/docs', '/healthz', '/none']) {
      const { status, json } = await api.get(url, { host });
      expect([url, status, json.type]).toEqual([url, 421, 'urn:barkeep:unknown-host']);
      expect(json.detail).toContain('ALLOWED_HOSTS');
    }
  });

  it.each(['localhost:3000', '127.0.0.1', '[::1]:3000', 'bars.example.com'])('is served as %s', async (host) => {
    expect((await api.get('/healthz', { host })).status).toBe(200);
  });
});

describe('a request that names the type of a body and has none', () => {
  it.each(['GET', 'DELETE', 'POST'])('is one without a body: %s', async (method) => {
    const url = {
      GET: '/api/assets/list',
      DELETE: '/api/markets/XXXX/closures/2026-11-25?reason=undone',
      POST: BACKFILLS,
    }[method]!;
    const { statusCode, body } = await api.app.inject({
      ...{ method: method as 'GET', url },
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
    expect([statusCode, body]).toEqual([
      { GET: 200, DELETE: 404, POST: 400 }[method],
      expect.stringContaining({ GET: '"SPY"', DELETE: 'Unknown market', POST: 'invalid-parameters' }[method]!),
    ]);
  });
});

describe('every response', () => {
  const urls = ['/healthz', '/api/assets/list', '/docs', '/openapi.json', '/none', '/', '/metrics', '/%', '/docs/none'];

  it.each(urls)('forbids guessing its type, and has the id of its request: %s', async (url) => {
    const { headers } = await api.get(url, { 'x-request-id': 'abc-1' });
    expect([headers['x-content-type-options'], headers['x-request-id']]).toEqual(['nosniff', 'abc-1']);
  });

  it('has an id of its own if the client sends none, or one that is not sane', async () => {
    const ids = new Set<unknown>();
    for (const given of [undefined, '', 'a b', 'x'.repeat(129), '"quoted"']) {
      const { headers, json } = await api.get(
        '/api/stocks/NOPE/latest',
        given === undefined ? {} : { 'x-request-id': given },
      );
      expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
      expect(json.requestId).toBe(headers['x-request-id']);
      ids.add(json.requestId);
    }
    expect(ids.size).toBe(5);
  });

  it('has the same id in the log', async () => {
    await api.get('/healthz', { 'x-request-id': 'find-me' });
    expect(logged).toContain('"requestId":"find-me"');
  });

  it.each([
    ['is no HTTP', 400, 'nonsense\r\n\r\n'],
    ['has no host', 400, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [
      'has two hosts',
      400,
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    [
      'has a header that is too long',
      431,
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
    ],
    [
      'expects what it has no right to',
      404,
      'GET /api/none HTTP/1.1\r\nHost: localhost\r\nExpect: gifts\r\nConnection: close\r\n\r\n',
    ],
  ])('has both also where the request %s', async (_, status, request) => {
    const response = await text(await send(request));
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect(response).toMatch(/x-content-type-options: nosniff/i);
    const [, id] = /x-request-id: (\S+)/i.exec(response)!;
    expect(response).toContain(`"requestId":"${id}"`);
  });
});

describe('an incorrect token', () => {
  const attempt = (token: string) =>
    api.app.inject({
      method: 'POST',
      url: BACKFILLS,
      headers: { authorization: `Bearer ${token}` },
      payload: { symbols: [] },
    });

  it('is counted, logged without itself, and slowed down; the correct one never waits', async () => {
    const before = await rejections();
    let settled = 0;
    const waiting = Array.from({ length: 30 }, (_, n) => attempt(`guess-number-${n}`).finally(() => settled++));
    const { statusCode } = await attempt(TOKEN);
    expect(statusCode).toBe(400); // the token is right, the body is not
    expect(settled).toBeLessThan(waiting.length);
    for (const response of await Promise.all(waiting)) expect(response.statusCode).toBe(401);
    expect((await rejections()) - before).toBe(30);
    expect(logged).toContain('incorrect token');
    expect(logged).not.toContain('guess-number');
  });
});

describe('a body that never ends', () => {
  it('is not waited for without the token: the response comes at once, and the connection is closed', async () => {
    for (const authorization of ['', 'Authorization: Bearer wrong-token\r\n']) {
      const socket = await send(post(authorization));
      expect(await text(socket)).toMatch(/^HTTP\/1.1 401/);
    }
  });

  it('is answered with 408 after 20 s, and the connection is closed, with 200 of them at once', async () => {
    const server = api.app.getHttpServer();
    expect(server.requestTimeout).toBe(20_000);
    server.requestTimeout = server.headersTimeout = 1_000; // sooner here
    const sockets = await Promise.all(Array.from({ length: 200 }, () => send(post(WITH_TOKEN))));
    for (const answer of await Promise.all(sockets.map(text))) expect(answer).toMatch(/^HTTP\/1.1 408/);
    expect((await api.get('/healthz')).status).toBe(200);
  });
});

describe('streams', () => {
  it('are limited for each client: 429, and others still get one', async () => {
    const open = () => fetch(`http://127.0.0.1:${port}/api/stream`);
    const streams = await Promise.all(Array.from({ length: 64 }, open));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await refused.json()).toMatchObject({ type: 'urn:barkeep:too-many-streams' });
    const other = await new Promise<number>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      socket.on('error', reject);
      socket.once('data', (data) => (resolve(Number(data.toString().split(' ')[1])), socket.destroy()));
      socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
    expect(other).toBe(200);
    for (const { body } of streams) await body?.cancel();
  });
});
