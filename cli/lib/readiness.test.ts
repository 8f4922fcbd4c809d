import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readiness } from './readiness.js';

let server: Server;
let api: string;

beforeAll(async () => {
  // says who asks
  server = createServer(({ url, headers: { authorization = 'nobody' } }, response) =>
    response.end(JSON.stringify({ checks: [{ name: url, status: 'ok', detail: authorization }] })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it.each([
  { readToken: 'reads', adminToken: 'writes', asks: 'Bearer reads' },
  // reads need a token of which only the hash is known, or none
  { readToken: null, adminToken: 'writes', asks: 'Bearer writes' },
  { readToken: null, adminToken: null, asks: 'nobody' },
])('is asked for with a token that may see the details: %o', async ({ asks, ...tokens }) => {
  expect(await readiness({ api, ...tokens })).toEqual([{ name: '/readyz', status: 'ok', detail: asks }]);
});
