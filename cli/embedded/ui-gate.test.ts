import { once } from 'node:events';
import http, { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedHosts } from '../../config/allowed-hosts.js';
import { openUiGate, type UiGate } from './ui-gate.js';

const received: string[] = [];
const ignoreBrokenOff = () => undefined;
const ui = createServer((incoming, response) => {
  void text(incoming).then((body) => {
    received.push(`${incoming.method} ${incoming.url} ${body}`);
    response.setHeader('Set-Cookie', ['a=1', 'b=2']).writeHead(201).end('from the UI');
  }, ignoreBrokenOff);
});
let gate: UiGate;
let target: { host: string; port: number };

beforeAll(async () => {
  ui.listen(0, '127.0.0.1');
  await once(ui, 'listening');
  target = { host: '127.0.0.1', port: (ui.address() as AddressInfo).port };
  gate = await openUiGate({ port: 0, target, allowsHost: allowedHosts('127.0.0.1', ['bars.example.com']) });
});
afterAll(() => {
  gate.close();
  ui.close();
});

async function send(headers: Record<string, string>): Promise<IncomingMessage & { body: string }> {
  const sent = request({ host: '127.0.0.1', port: gate.port, method: 'POST', path: '/api/v1/pause?x=1', headers });
  sent.end('{"pause":"x"}');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return Object.assign(response, { body: await text(response) });
}

describe('the gate in front of the Temporal Web UI', () => {
  it.each<Record<string, string>>([
    {},
    { origin: 'http://localhost:8233', host: 'localhost:8233' },
    { host: 'bars.example.com', origin: 'https://bars.example.com' },
  ])('forwards the requests of its own pages: %j', async (headers) => {
    received.length = 0;
    const { statusCode, headers: given, body } = await send(headers);
    expect([statusCode, body, given['set-cookie']]).toEqual([201, 'from the UI', ['a=1', 'b=2']]);
    expect(received).toEqual(['POST /api/v1/pause?x=1 {"pause":"x"}']);
  });

  it.each([
    [421, { host: 'evil.example:8233' }],
    [421, { host: 'evil.example:8233', origin: 'http://evil.example:8233' }],
    [403, { origin: 'http://evil.example' }],
    [403, { origin: 'null' }],
    [403, { host: 'localhost:8233', origin: 'http://localhost:3000' }],
  ])('refuses with %i what a foreign page sends: %j', async (status, headers) => {
    received.length = 0;
    const { statusCode, headers: given } = await send(headers);
    expect([statusCode, given['x-content-type-options'], received]).toEqual([status, 'nosniff', []]);
  });

  it('refuses a request of two hosts', async () => {
    received.length = 0;
    const hosts = ['Host', 'localhost', 'Host', 'evil.example'];
    const sent = request({ host: '127.0.0.1', port: gate.port, headers: hosts, setHost: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect([response.statusCode, received]).toEqual([400, []]);
  });

  it('reaches the UI past the proxy that the environment names', async () => {
    const { globalAgent } = http;
    http.globalAgent = new http.Agent({ proxyEnv: { http_proxy: 'http://127.0.0.1:1' } });
    try {
      const { status } = await fetch(`http://127.0.0.1:${gate.port}/`);
      expect(status).toBe(201);
    } finally {
      http.globalAgent = globalAgent;
    }
  });

  it('says so while the UI does not respond', async () => {
    const away = await openUiGate({ port: 0, target: { host: '127.0.0.1', port: 1 }, allowsHost: () => true });
    const response = await fetch(`http://127.0.0.1:${away.port}/`);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('does not respond')]);
    away.close();
  });

  it.each([
    ['its headers', 'POST / HTTP/1.1\r\nHost: localhost\r\n'],
    ['its body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"pause":'],
  ])('waits only so long for a request that sends half of %s', async (_, half) => {
    const timeLimits = { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 };
    const impatient = await openUiGate({ port: 0, target, allowsHost: () => true, timeLimits });
    const socket = connect(impatient.port, '127.0.0.1');
    socket.write(half);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408/);
    impatient.close();
  });
});
