import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';

/** Stands at the HTTP edge in place of a provider: keeps the requests and answers as the test says. */
export interface StubServer {
  /** http://127.0.0.1:port, once the tests run. */
  base: string;
  /** Since the test began. */
  requests: IncomingMessage[];
  answer: RequestListener;
}

/** Starts a server for all tests of the file, or of the `describe` that this is called in. */
export function stubServer(): StubServer {
  const state: StubServer = { base: '', requests: [], answer: (_request, response) => response.end() };
  const server = createServer((request, response) => {
    state.requests.push(request);
    state.answer(request, response);
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

/** Answers with a status and a body: text and bytes as they are, anything else as JSON. */
export const responds =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

/** A base URL at which nothing listens. */
export async function deadBase(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
