import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../test/environment/eventually.js';
import { plainTemporal } from './temporal-config.js';
import { clientOptions, temporalConnection } from './temporal-connection.js';

const PROXY_VARIABLES = ['http_proxy', 'https_proxy'];

/** A server that ends each connection at once, and counts them. */
async function counter(): Promise<{ server: Server; port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, connections: () => connections };
}

type Counter = Awaited<ReturnType<typeof counter>>;
// what gRPC logs of the connections that fail here, as intended
setLogVerbosity(logVerbosity.NONE);

let proxy: Counter;
let temporal: Counter;
beforeEach(async () => {
  [proxy, temporal] = await Promise.all([counter(), counter()]);
  for (const name of PROXY_VARIABLES) process.env[name] = `http://127.0.0.1:${proxy.port}`;
});
afterEach(() => {
  for (const name of PROXY_VARIABLES) delete process.env[name];
  proxy.server.close();
  temporal.server.close();
});

async function attempt(address: string): Promise<void> {
  const options = clientOptions(plainTemporal(address, 'default'));
  await expect(Connection.connect({ ...options, connectTimeout: '1s' })).rejects.toThrow();
}

it.each(['127.0.0.1', 'localhost'])('a connection to %s does not use the proxy', async (host) => {
  await attempt(`${host}:${temporal.port}`);
  expect(proxy.connections()).toBe(0);
  expect(temporal.connections()).toBeGreaterThan(0);
});

it('a connection to another host does', async () => {
  await attempt('temporal.example:7233');
  expect(proxy.connections()).toBeGreaterThan(0);
});

it('a call ends with its connection: nothing is left that tries it again', async () => {
  const connection = temporalConnection(plainTemporal(`127.0.0.1:${temporal.port}`, 'default'));
  const call = new Client({ connection }).workflow.getHandle('any').describe();
  const outcome = call.then(
    () => 'an answer',
    () => 'an error',
  );
  await eventually(() => expect(temporal.connections()).toBeGreaterThan(0));
  await connection.close();
  expect(await outcome).toBe('an error');
});
