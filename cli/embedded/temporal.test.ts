import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../lib/ports.js';
import { isWorthRetrying } from './temporal.js';

const failure = (port: number) => `exit code 1\nlisten tcp 127.0.0.1:${port}: bind: address already in use`;

const otherServer = createServer();
let held: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => otherServer.listen({ port: 0, host: '127.0.0.1' }, resolve));
  held = (otherServer.address() as AddressInfo).port;
});
afterAll(() => void otherServer.close());

it('retries the start if the taken port was picked by the server, or is free again', async () => {
  expect(await isWorthRetrying(failure(held), [7233])).toBe(true);
  const free = await freePort();
  expect(await isWorthRetrying(failure(free), [free])).toBe(true);
});

it('does not retry if another program has a port that we gave it, or if it failed for another reason', async () => {
  expect(await isWorthRetrying(failure(held), [held])).toBe(false);
  expect(await isWorthRetrying('exit code 1', [held])).toBe(false);
});
