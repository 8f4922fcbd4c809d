import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { document } from '../openapi-document.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const TOKEN = 'test-admin-token';
let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
});
afterAll(() => api.close());
// an example pauses or retires an asset that the others are about
beforeEach(async () => {
  await api.pool.query(`update assets set active = true, retired = false, inactive_because = null`);
});

const requests = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { parameters = [], requestBody }]) => {
    const examples = parameters.flatMap(({ name, in: place, schema }) =>
      schema.examples ? [{ name, place, value: String(schema.examples[0]) }] : [],
    );
    const valueOf = (name: string) => examples.find((one) => one.name === name)!.value;
    const query = examples
      .filter(({ place }) => place === 'query')
      .map(({ name, value }): [string, string] => [name, value]);
    const headers = examples.filter(({ place }) => place === 'header').map(({ name, value }) => [name, value]);
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
    const bodies = Object.values(requestBody?.content['application/json']?.examples ?? { none: { value: undefined } });
    return bodies.map(({ value }) => ({
      name: `${method.toUpperCase()} ${path} ${value === undefined ? '' : JSON.stringify(value)}`,
      method: method.toUpperCase() as 'GET',
      url: `${url}?${new URLSearchParams(query).toString()}`,
      headers: { ...(Object.fromEntries(headers) as Record<string, string>), authorization: `Bearer ${TOKEN}` },
      payload: value as object | undefined,
    }));
  }),
);

describe('the examples of an operation, all together', () => {
  // an example of a thing that this database does not have is a 404, and Temporal is away
  it.each(requests.filter(({ url }) => !url.startsWith('/api/stream')))(
    'are a request that it accepts: $name',
    async ({ method, url, headers, payload }) => {
      const { statusCode, body } = await api.app.inject({ method, url, headers, ...(payload && { payload }) });
      expect([body, [200, 202, 304, 404, 503].includes(statusCode)]).toEqual([body, true]);
    },
  );
});

describe('the reference', () => {
  it.each(['/openapi.json/', '/api/assets/list/', '/api/assets/list//'])(
    'redirects from %s to the path without the slash',
    async (url) => {
      const { statusCode, headers } = await api.app.inject({ method: 'GET', url: `${url}?q=/` });
      expect([statusCode, headers.location]).toEqual([308, `${url.replace(/\/+$/, '')}?q=/`]);
    },
  );

  it.each(['/docs/nothing', '/docs/nothing.js', '/docs/a/b', '/docsx'])('has no %s: 404 as a problem', async (url) => {
    const { status, headers, json } = await api.get(url);
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(json).toMatchObject({ status: 404, requestId: headers['x-request-id'] });
  });

  it.each(['/docs', '/docs/swagger-ui.css', '/openapi.json'])('has %s', async (url) => {
    expect((await api.get(url)).status).toBe(200);
  });
});

describe('a path that may lead to another server', () => {
  beforeAll(() => api.app.listen(0, '127.0.0.1'));

  it.each(['http://elsewhere.example/openapi.json/', '//elsewhere.example/', '//openapi.json/', '/\\openapi.json/'])(
    'is redirected nowhere: %s',
    async (path) => {
      const { port } = api.app.getHttpServer().address() as AddressInfo;
      const [response] = (await once(get({ host: '127.0.0.1', port, path }), 'response')) as [IncomingMessage];
      response.resume();
      expect([response.statusCode, response.headers.location]).toEqual([404, undefined]);
    },
  );
});
