import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../lib/ports.js';
import { mayStartNow } from './temporal.js';

const failure = (port: number) => `exit code 1\nlisten tcp 127.0.0.1:${port}: bind: address already in use`;

const somebody = createServer();
let held: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => somebody.listen({ port: 0, host: '127.0.0.1' }, resolve));
  held = (somebody.address() as AddressInfo).port;
});
afterAll(() => void somebody.close());

it('is tried again where a port was taken that it chose itself, or that is free again', async () => {
  expect(await mayStartNow(failure(held), [7233, null])).toBe(true);
  const free = await freePort();
  expect(await mayStartNow(failure(free), [free, null])).toBe(true);
});

it('is not where somebody has the port that it was told, or where it ended for another reason', async () => {
  expect(await mayStartNow(failure(held), [held, null])).toBe(false);
  expect(await mayStartNow('exit code 1', [held])).toBe(false);
});
