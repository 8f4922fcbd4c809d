import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../test/environment/eventually.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { LogFile } from '../lib/log-file.js';
import { freePort } from '../lib/ports.js';
import { temporalCli } from './temporal-binary.js';
import { isWorthRetrying, startTemporal } from './temporal.js';

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

it('refuses every request to the REST API of the server, which no token protects', async () => {
  const logFile = new LogFile(join(temporaryFolder(), 'temporal.log'));
  const server = await startTemporal({
    binary: await temporalCli({ log: () => undefined }),
    port: await freePort(),
    ...{ ui: null, databaseFile: null, namespace: 'default', logFile },
  });
  try {
    let restPort = '';
    await eventually(() => {
      [, restPort = ''] = /^Temporal HTTP: +\S+:(\d+)$/m.exec(readFileSync(logFile.path, 'utf8')) ?? [];
      expect(restPort).not.toBe('');
    });
    const schedules = `http://127.0.0.1:${restPort}/api/v1/namespaces/default/schedules`;
    expect((await fetch(schedules)).status).toBe(403);
    expect((await fetch(`${schedules}/stocks_1min/patch`, { method: 'POST', body: '{}' })).status).toBe(403);
  } finally {
    await server.stop(3_000);
    logFile.close();
  }
});

/** A server that shows its metrics, and finds out only later that its port is taken. */
const LATE = `
  const port = process.argv[process.argv.indexOf('--metrics-port') + 1];
  const metrics = 'service_requests{operation="GetTaskQueueUserData",service_name="matching"} 1';
  require('node:http').createServer((_, response) => response.end(metrics)).listen(port, '127.0.0.1');
  setTimeout(() => process.exit(3), 800);`;

it('is not mistaken for the server of another start that has taken its port', async () => {
  const folder = temporaryFolder();
  const port = await freePort();
  const real = await temporalCli({ log: () => undefined });
  const start = async (name: string, binary = real) => {
    const logFile = new LogFile(join(folder, name));
    return startTemporal({ binary, port, ui: null, databaseFile: null, namespace: 'default', logFile });
  };
  const first = await start('first.log');
  try {
    await expect(start('second.log')).rejects.toThrow(
      /^Temporal did not start: [^]*:\d+: bind: address already in use/,
    );
    const late = join(folder, 'late.cjs');
    writeFileSync(late, `#!${process.execPath}\n${LATE}`, { mode: 0o755 });
    await expect(start('late.log', late)).rejects.toThrow(/^Temporal did not start: exit code 3/);
  } finally {
    await first.stop(3_000);
  }
});
