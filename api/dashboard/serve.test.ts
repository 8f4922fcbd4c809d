import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fastify, type FastifyInstance } from 'fastify';
import { readDashboard } from './files.js';
import { sendNotFoundPage, serveDashboard } from './serve.js';

const meta = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'sha256-x='"/>`;
const page = (text: string) => `<!DOCTYPE html><head>${meta}</head>${text}`;
const SCRIPT = 'console.log("a script")';

describe('the dashboard', () => {
  let folder: string;
  let server: FastifyInstance;
  const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    mkdirSync(join(folder, '_next/static'), { recursive: true });
    const files = {
      'index.html': page('home'),
      'runs.html': page('runs'),
      '404.html': page('no such page'),
      'runs.txt': 'payload of runs',
      '_next/static/a1b2.js': SCRIPT,
      '_next/static/a1b2.js.br': brotliCompressSync(SCRIPT),
      '_next/static/a1b2.js.gz': gzipSync(SCRIPT),
      '.stamp': 'private',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const dashboard = readDashboard(folder);
    server = fastify();
    serveDashboard(server, dashboard);
    server.setNotFoundHandler((request, reply) => {
      if (!sendNotFoundPage(dashboard, request, reply)) void reply.status(404).send('a problem');
    });
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('serves pages at their names, whatever the query', async () => {
    expect((await get('/?symbol=SPY&range=1Y')).body).toContain('home');
    expect((await get('/runs')).body).toContain('runs');
    expect((await get('/runs.txt')).body).toBe('payload of runs');
  });

  it('sends the policy of a page as a header, and forbids frames', async () => {
    const { headers } = await get('/');
    expect(headers['content-security-policy']).toBe(
      "default-src 'self'; script-src 'self' 'sha256-x='; frame-ancestors 'none'",
    );
    expect((await get('/_next/static/a1b2.js')).headers['content-security-policy']).toBeUndefined();
  });

  it('lets clients cache hashed files permanently and makes them revalidate pages', async () => {
    expect((await get('/_next/static/a1b2.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const { headers } = await get('/runs');
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get('/runs', { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    ['gzip, deflate, br', 'br', brotliCompressSync(SCRIPT)],
    ['gzip, br;q=0', 'gzip', gzipSync(SCRIPT)],
    ['deflate', undefined, Buffer.from(SCRIPT)],
  ])('responds to Accept-Encoding "%s" with the precompressed file: %s', async (accepted, encoding, body) => {
    const response = await get('/_next/static/a1b2.js', { 'accept-encoding': accepted });
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(response.headers.vary).toBe('Accept-Encoding');
    expect(response.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(response.rawPayload.equals(body)).toBe(true);
  });

  it('sends a 404 page to browsers and a problem to programs', async () => {
    const notFound = await get('/nothing', { accept: 'text/html,*/*' });
    expect([notFound.statusCode, notFound.body]).toEqual([404, page('no such page')]);
    expect((await get('/nothing', { accept: 'application/json' })).body).toBe('a problem');
    expect((await get('/api/nothing', { accept: 'text/html' })).body).toBe('a problem');
  });

  it('serves only the files of the export', async () => {
    for (const url of ['/.stamp', '/_next/static/a1b2.js.br', '/../package.json', '/%2e%2e/package.json'])
      expect((await get(url)).statusCode).toBe(404);
  });
});

describe('a dashboard that is not built', () => {
  it('says at the root how to build it', async () => {
    const server = fastify();
    serveDashboard(server, readDashboard(join(tmpdir(), 'no-such-folder')));
    const response = await server.inject('/');
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain('npm run build');
    await server.close();
  });
});

it('refuses an export that was not finished, because its pages have no policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  writeFileSync(join(folder, 'index.html'), '<!DOCTYPE html>');
  expect(() => readDashboard(folder)).toThrow('/index.html of the dashboard has no Content-Security-Policy');
  rmSync(folder, { recursive: true });
});
