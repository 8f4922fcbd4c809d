import { once } from 'node:events';
import { createServer } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TIMING } from '../../api/deps.js';
import { temporalConnection } from '../../contracts/temporal-connection.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { type ApiUnderTest, PATIENT, startApi } from './api-fixture.js';

const SECRET = 'hunter2';
const TOKEN = 'test-admin-token';

let api: ApiUnderTest;
let isolated: ApiUnderTest;

beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
  isolated = await startApi();
  // every query fails as it does when the server is gone
  const refused = Object.assign(new Error(`connect ECONNREFUSED ${SECRET}`), { code: 'ECONNREFUSED' });
  vi.spyOn(isolated.apiPool, 'query').mockImplementation(() => Promise.reject(refused) as never);
});
afterAll(async () => {
  await api.close();
  await isolated.close();
});

const post = ({ app }: ApiUnderTest, url: string, payload: string) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
  });

describe('without Temporal', () => {
  it('is not ready and says what is missing', async () => {
    const { status, json } = await api.get('/readyz');
    expect(status).toBe(503);
    const checks = json.checks as { name: string; status: string }[];
    expect(checks.filter((check) => check.status === 'failed').map((check) => check.name)).toEqual([
      'temporal',
      'schedules',
    ]);
  });

  it('still tells the status of the pipelines, with a note', async () => {
    const { status, json } = await api.get('/api/pipeline/status');
    expect(status).toBe(200);
    expect(json.temporal).toMatchObject({ reachable: false, uiUrl: 'http://127.0.0.1:8233' });
    const pipelines = json.pipelines as Record<string, unknown>[];
    expect(pipelines.map(({ paused, nextFireAt }) => paused ?? nextFireAt)).toEqual(pipelines.map(() => null));
    expect(pipelines).not.toEqual([]);
  });
});

describe('with a Temporal that takes requests and answers none', () => {
  it('waits for it with a deadline', async () => {
    const silent = createServer().on('stream', () => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const connection = temporalConnection(plainTemporal(`127.0.0.1:${(silent.address() as AddressInfo).port}`, 'any'));
    const waiting = await startApi({ adminToken: TOKEN, temporal: new Client({ connection }), timing: TIMING });
    try {
      const read = ['/readyz', '/api/pipeline/schedules'];
      const written = ['/api/pipeline/schedules/stocks_1d/pause', '/api/pipeline/backfills'];
      const [answers, refused] = await Promise.all([
        Promise.all(read.map((url) => waiting.get(url))),
        Promise.all(written.map((url) => post(waiting, url, '{"reason":"x"}'))),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      expect(refused.map(({ statusCode }) => statusCode)).toEqual([503, 503]);
    } finally {
      await waiting.close();
      await connection.close();
      silent.close();
    }
  });
});

describe('without a database', () => {
  it.each([
    '/api/stocks/SPY/ohlcv',
    '/api/stocks/SPY/latest',
    '/api/assets/list',
    '/api/pipeline/status',
    '/api/pipeline/runs',
    '/api/pipeline/timeline',
  ])('answers %s with 503, Retry-After and no internals', async (url) => {
    const { status, headers, text } = await isolated.get(url);
    expect(status).toBe(503);
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'retry-after': '5',
    });
    expect(text).not.toMatch(/hunter2|ECONNREFUSED|select/i);
  });

  it('lives, is not ready, and says so in its metrics', async () => {
    expect((await isolated.get('/healthz')).status).toBe(200);
    const { status, text } = await isolated.get('/readyz');
    expect(status).toBe(503);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('nothing listens at its address');
    const metrics = await isolated.get('/metrics');
    expect(metrics.text).toMatch(/^barkeep_database_up 0$/m);
    expect(metrics.text).not.toMatch(/^barkeep_bars_stored /m);
  });
});

describe('with a database that is read-only', () => {
  it('is not ready and says so', async () => {
    const readOnly = await startApi();
    try {
      await readOnly.pool.query(`do $$ begin
        execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`);
      // for new connections only: ends the others, this one too
      await readOnly.pool
        .query(
          `select pg_terminate_backend(pid) from (select pid from pg_stat_activity
            where datname = current_database() order by pid = pg_backend_pid()) x`,
        )
        .catch(() => undefined);
      await eventually(async () => {
        const { status, json } = await readOnly.get('/readyz');
        expect(status).toBe(503);
        expect(json.checks).toContainEqual({
          ...{ name: 'database', status: 'failed' },
          detail: expect.stringContaining('read-only'),
        });
      });
    } finally {
      await readOnly.close();
    }
  });
});

describe('with a database that works, but not as it should', () => {
  it('says that its schema is older or newer, or that its clock is off', async () => {
    const odd = await startApi();
    const checkOf = async (name: string) => {
      const { json } = await odd.get('/readyz');
      return (json.checks as { name: string; status: string; detail: string }[]).find((check) => check.name === name)!;
    };
    const migrations = 'drizzle.__drizzle_migrations';
    const query = odd.apiPool.query.bind(odd.apiPool) as (...args: unknown[]) => Promise<{ rows: { now?: number }[] }>;
    let aheadMs = 0;
    const queryAhead = async (args: unknown[]) => {
      const result = await query(...args);
      const [row] = result.rows;
      if (row && typeof row.now === 'number') row.now += aheadMs;
      return result;
    };
    vi.spyOn(odd.apiPool, 'query').mockImplementation((...args: unknown[]) => queryAhead(args) as never);
    try {
      await odd.pool.query(`insert into ${migrations} (hash, created_at) values ('x', 4102444800000)`);
      expect(await checkOf('schema')).toMatchObject({
        ...{ status: 'failed', detail: expect.stringMatching(/^is 2100-01-01.* run the newer build$/) },
      });
      await odd.pool.query(`delete from ${migrations} where created_at >= (select created_at from ${migrations}
        where hash <> 'x' order by created_at desc limit 1)`);
      await eventually(async () =>
        expect(await checkOf('schema')).toMatchObject({
          ...{ status: 'failed', detail: expect.stringMatching(/^is \d{4}_.* migrate the database$/) },
        }),
      );
      expect(await checkOf('database')).toMatchObject({ status: 'ok' });
      for (const [off, words] of [
        [2 * HOUR, /clock is 2 h ahead of that of this machine: bars count as final too early/],
        [-7 * MINUTE, /clock is 7 min behind that of this machine: bars count as final too late/],
      ] as const) {
        aheadMs = off;
        await eventually(async () =>
          expect(await checkOf('database')).toMatchObject({
            status: 'warning',
            detail: expect.stringMatching(words),
          }),
        );
      }
    } finally {
      await odd.close();
    }
  });
});

describe('with a database that is late', () => {
  it('stays ready for ten seconds, because load makes a check late', async () => {
    const timing = { ...PATIENT };
    const late = await startApi({ timing });
    const stateOf = async (check: 'database' | 'backups') =>
      ((await late.get('/readyz')).json.checks as { name: string; status: string }[]).find(
        ({ name }) => name === check,
      )!.status;
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      expect(await stateOf('database')).toBe('ok');
      timing.checkMs = 100;
      vi.spyOn(late.apiPool, 'query').mockImplementation(() => new Promise(() => {}) as never);
      now += 1_500; // the first result is no longer cached
      expect(await stateOf('database')).toBe('ok');
      now += 10_000;
      expect(await stateOf('database')).toBe('failed');
      // looked at once a minute, and no reason to send requests elsewhere
      expect(await stateOf('backups')).toBe('ok');
      now += MINUTE;
      expect(await stateOf('backups')).toBe('warning');
    } finally {
      clock.mockRestore();
      await late.close();
    }
  });
});

describe('with a database that is too busy to count', () => {
  it('says in its metrics that it is up', async () => {
    const busy = await startApi({ timing: { ...PATIENT, checkMs: 100 } });
    try {
      const answer = (query: unknown) => (query === 'select 1' ? Promise.resolve() : new Promise(() => {}));
      vi.spyOn(busy.apiPool, 'query').mockImplementation((query: unknown) => answer(query) as never);
      const { text } = await busy.get('/metrics');
      expect(text).toMatch(/^barkeep_database_up 1$/m);
      expect(text).not.toMatch(/^barkeep_bars_stored /m);
    } finally {
      await busy.close();
    }
  });
});

describe('what is no endpoint', () => {
  it('is a problem for an unknown path, a wrong method, a broken URL and a broken body', async () => {
    expect(await api.get('/api/nowhere')).toMatchObject({
      status: 404,
      json: { status: 404, instance: '/api/nowhere' },
    });
    expect((await api.get('/%zz')).headers['content-type']).toMatch('application/problem+json');
    expect((await api.get('/api/nowhere/')).status).toBe(404);
    expect((await api.get(`/api/stocks/${'A'.repeat(200)}/latest`)).json).toMatchObject({ status: 414 });
    for (const path of ['stocks/%00/latest', 'pipeline/runs/%00/b'])
      expect((await api.get(`/api/${path}`)).status).toBe(404);
    expect((await api.get('/api/pipeline/backfills/%00')).status).toBe(400);
    const wrongMethod = await post(api, '/api/pipeline/status', '{}');
    expect(wrongMethod.statusCode).toBe(405);
    expect(wrongMethod.headers.allow).toBe('GET, HEAD');
    const brokenBody = await post(api, '/api/pipeline/backfills', '{');
    expect(brokenBody.statusCode).toBe(400);
    expect(brokenBody.headers['content-type']).toMatch('application/problem+json');
    const hugeBody = await post(api, '/api/pipeline/backfills', JSON.stringify('a'.repeat(1_100_000)));
    expect(hugeBody.statusCode).toBe(413);
    expect(hugeBody.headers['content-type']).toMatch('application/problem+json');
  });

  it('is a problem for what is no HTTP, or has too long a head', async () => {
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const answerTo = async (sent: string) => {
      const [head, body] = (await text(connect(port, '127.0.0.1').end(sent))).split('\r\n\r\n');
      expect(head).toContain('Content-Type: application/problem+json');
      return [head!.split(' ')[1], (JSON.parse(body!) as { status: number }).status];
    };
    expect(await answerTo(`GET /?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toEqual(['431', 431]);
    expect(await answerTo('HELLO\r\n\r\n')).toEqual(['400', 400]);
  });

  it('says where the dashboard would be that it is not built, and has its documentation without foreign files', async () => {
    const home = await api.get('/');
    expect(home.status).toBe(503);
    expect(home.text).toContain('The dashboard is not built');
    const docs = await api.get('/docs');
    expect(docs.status).toBe(200);
    expect(docs.text).not.toMatch(/(src|href)="https?:/);
    expect(docs.text).not.toMatch(/<script(?![^>]* src=)/);
    expect(docs.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect((await api.get('/openapi.json')).headers['content-security-policy']).toBeUndefined();
  });

  it('lets pages of the origins it was told of ask, and no others', async () => {
    const origin = 'https://dashboard.example.com';
    const asked = await api.get('/api/pipeline/status', { origin });
    expect(asked.headers['access-control-allow-origin']).toBe(origin);
    expect(asked.headers['access-control-expose-headers']).toContain('X-Market-Data');
    expect(asked.headers.vary).toContain('Origin');
    const other = await api.get('/api/pipeline/status', { origin: 'https://elsewhere.example.com' });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    const url = '/api/pipeline/schedules/stocks_1min/pause';
    const preflight = (from: string) =>
      api.app.inject({ method: 'OPTIONS', url, headers: { origin: from, 'access-control-request-method': 'POST' } });
    const allowed = await preflight(origin);
    expect(allowed.statusCode).toBe(204);
    const methods = String(allowed.headers['access-control-allow-methods']).split(', ');
    const { paths } = JSON.parse((await api.get('/openapi.json')).text) as { paths: Record<string, object> };
    const documented = Object.values(paths).flatMap((operations) => Object.keys(operations));
    expect(methods.sort()).toEqual([...new Set([...documented.map((method) => method.toUpperCase()), 'HEAD'])].sort());
    expect((await preflight('https://elsewhere.example.com')).statusCode).toBe(405);
  });

  it('is counted by route in the metrics', async () => {
    const { headers, text } = await api.get('/metrics');
    expect(headers['content-type']).toMatch('text/plain');
    expect(text).toMatch(/barkeep_http_request_duration_seconds_count\{method="GET",route="\/docs",status="200"\} 1/);
    expect(text).toMatch(/^barkeep_bars_stored 0$/m);
  });
});
