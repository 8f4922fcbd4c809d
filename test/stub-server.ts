import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** Replaces a provider at the HTTP edge: records requests and responds as the test defines. */
export interface StubServer {
  /** http://127.0.0.1:port, set before the tests run. */
  base: string;
  /** Requests since the test began. */
  requests: IncomingMessage[];
  respond: RequestListener;
}

/** Starts a server for all tests of the file, or of the `describe` in which it is called. */
export function stubServer(): StubServer {
  const state: StubServer = { base: '', requests: [], respond: (_request, response) => response.end() };
  const server = createServer((request, response) => {
    state.requests.push(request);
    state.respond(request, response);
  });
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    state.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    state.requests = [];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return state;
}

/** Responds with a status and a body: text and bytes unchanged, anything else as JSON. */
export const respondWith =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

/** A base URL that no server listens on. */
export async function unusedBaseUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
