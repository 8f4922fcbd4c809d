import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document } from '../openapi-document.js';
import { startApi, storeBars, type ApiUnderTest } from './api-fixture.js';

const ADMIN = 'test-admin-token';
const READ = 'test-read-token';
const ASSETS = '/api/assets/list';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ adminToken: ADMIN, readToken: READ });
});
afterAll(() => api.close());

/** Paths of the API that are read, with the examples of their parameters. */
const reads = Object.entries(document.paths).flatMap(([path, { get }]) =>
  get ? [path.replace(/\{(\w+)\}/g, (_, name: string) => exampleOf(get.parameters, name))] : [],
);
function exampleOf(parameters: { name: string; example?: unknown }[] = [], name: string): string {
  return encodeURIComponent(String(parameters.find((parameter) => parameter.name === name)!.example));
}
const OPEN = ['/healthz', '/readyz'];
const PAGE = 'https://dashboard.example.com';
const signIn = (headers: Record<string, string>) =>
  api.app.inject({ method: 'POST', url: '/api/session', headers }) as unknown as Promise<{
    statusCode: number;
    headers: Record<string, string | undefined>;
    body: string;
  }>;

describe('with a read token', () => {
  it.each(reads.filter((path) => !OPEN.includes(path)))('%s needs it', async (path) => {
    const { status, headers } = await api.get(path);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="barkeep"']);
  });

  it.each([
    '/%61pi/assets/list',
    '/api/%61ssets/list',
    '/api//assets/list',
    '//api/assets/list',
    '/api/assets/list/',
    '/API/assets/list',
    '/api/assets/list?status=all',
    '/./api/assets/list',
  ])('no other way to write a path gets around it: %s', async (path) => {
    expect((await api.get(path)).text).not.toContain('SPY');
  });

  it('a HEAD needs it, and a preflight request of a browser does not', async () => {
    expect((await api.app.inject({ method: 'HEAD', url: ASSETS })).statusCode).toBe(401);
    const headers = { origin: PAGE, 'access-control-request-method': 'GET' };
    const { statusCode, headers: given } = await api.app.inject({ method: 'OPTIONS', url: ASSETS, headers });
    expect(statusCode).toBe(204);
    expect(given).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
    });
  });

  it.each([
    ['GET', ASSETS],
    ['POST', '/api/session'],
    ['POST', '/api/pipeline/schedules/stocks_1min/pause'],
  ] as const)('a page of another origin can read that the token is missing: %s %s', async (method, url) => {
    const { statusCode, headers } = await api.app.inject({ method, url, headers: { origin: PAGE } });
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([401, PAGE]);
  });

  it.each([READ, ADMIN])('%s reads in a header', async (token) => {
    for (const path of [ASSETS, '/metrics'])
      expect((await api.get(path, { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('does not let a cache that is shared keep a response', async () => {
    const week = { from: '2026-11-09', to: '2026-11-13', step: '1 day' };
    await storeBars(api.pool, { asset: api.assets.get('SPY')!, timeframe: '1d', ...week });
    await api.pool.query(`update bars set fetched_at = '2026-11-14', recorded_at = '2026-11-14'`);
    const path = '/api/stocks/SPY/ohlcv?timeframe=1d&asOf=2026-11-20T00:00:00Z';
    const { headers } = await api.get(path, { authorization: `Bearer ${READ}` });
    expect(headers['cache-control']).toBe('private, max-age=86400, immutable');
  });

  it('does not write', async () => {
    const headers = { authorization: `Bearer ${READ}`, cookie: `barkeep_read=${READ}` };
    const url = '/api/pipeline/schedules/stocks_1min/pause';
    const { statusCode } = await api.app.inject({ method: 'POST', url, headers, payload: { reason: 'test' } });
    expect(statusCode).toBe(401);
  });

  it('liveness is open, and readiness without it says no more than which checks fail', async () => {
    expect((await api.get('/healthz')).status).toBe(200);
    const details = async (headers = {}) => {
      const { json } = await api.get('/readyz', headers);
      return (json.checks as { detail: string }[]).map(({ detail }) => detail);
    };
    expect(new Set(await details())).toEqual(new Set(['shown with the read token']));
    expect(await details({ authorization: `Bearer ${READ}` })).toContain('available');
  });

  it('counts what is incorrect wherever it would make a difference, and nothing else', async () => {
    const rejections = async () => {
      const { text } = await api.get('/metrics', { authorization: `Bearer ${READ}` });
      return Number(/^barkeep_token_rejections_total\{token="read"\} (\d+)/m.exec(text)?.[1]);
    };
    const before = await rejections();
    const statuses = (headers: Record<string, string>) =>
      Promise.all([ASSETS, '/readyz', '/healthz'].map(async (path) => (await api.get(path, headers)).status));
    const [, ready] = await statuses({ cookie: `barkeep_read=${READ}` });
    expect(await statuses({})).toEqual([401, ready, 200]);
    expect(await rejections()).toBe(before);
    expect(await statuses({ authorization: 'Bearer wrong' })).toEqual([401, ready, 200]);
    expect(await statuses({ cookie: 'barkeep_read=wrong' })).toEqual([401, ready, 200]);
    expect((await rejections()) - before).toBe(4);
  });

  it('the reference is open: it has no data', async () => {
    for (const path of ['/docs', '/openapi.json']) expect((await api.get(path)).status).toBe(200);
  });
});

describe('a browser', () => {
  it('keeps the read token in a cookie for reads of this site only', async () => {
    const { statusCode, headers, body } = await signIn({ authorization: `Bearer ${READ}` });
    expect([statusCode, body]).toEqual([200, '{"isKept":true}']);
    const [cookie, ...attributes] = headers['set-cookie']!.split('; ');
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/']));
    expect(attributes).not.toContain('Secure');
    expect((await api.get(ASSETS, { cookie: cookie! })).status).toBe(200);
    expect((await api.get('/api/stream', { cookie: 'barkeep_read=other' })).status).toBe(401);
  });

  it.each([
    ['https', true],
    ['https,http', true],
    ['https, http', true],
    ['http', false],
    ['http, https', false],
  ])('sends the cookie over TLS only if it was given over TLS: %s', async (protocol, isSecure) => {
    const { headers } = await signIn({ authorization: `Bearer ${READ}`, 'x-forwarded-proto': protocol });
    expect(headers['set-cookie']!.split('; ').includes('Secure')).toBe(isSecure);
  });

  it('never keeps the admin token, or an incorrect one', async () => {
    for (const authorization of [`Bearer ${ADMIN}`, 'Bearer wrong', '']) {
      const { statusCode, headers } = await signIn({ authorization });
      expect([statusCode, headers['set-cookie']]).toEqual([401, undefined]);
    }
  });

  it('has nothing to keep if reads need no token', async () => {
    const open = await startApi({ adminToken: ADMIN });
    const { body, headers } = await open.app.inject({ method: 'POST', url: '/api/session' });
    expect([body, headers['set-cookie']]).toEqual(['{"isKept":false}', undefined]);
    await open.close();
  });
});
