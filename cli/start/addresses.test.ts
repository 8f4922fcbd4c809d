import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { freePort } from '../lib/ports.js';
import { reachable, settlePorts } from './addresses.js';

const anyPorts = { PORT: '0', METRICS_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' };

describe('the ports of a start', () => {
  let other: Server;
  let busy: number;
  beforeAll(async () => {
    busy = await freePort();
    other = createServer();
    await new Promise<void>((resolve) => other.listen(busy, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => other.close(resolve)));

  it('names each busy port and the variable to set', async () => {
    const env = readEnv({ ...anyPorts, PORT: String(busy), TEMPORAL_UI_PORT: String(busy) });
    const attempt = settlePorts(env, temporaryFolder());
    await expect(attempt).rejects.toThrow(`port ${busy} for the API is in use: set PORT to another one`);
    await expect(attempt).rejects.toThrow(`TEMPORAL_UI_PORT and PORT are both ${busy}`);
  });

  it('tries each port on the address that its server listens on', async () => {
    const port = String(await freePort());
    const settle = (variables: NodeJS.ProcessEnv) =>
      settlePorts(readEnv({ ...anyPorts, ...variables }), temporaryFolder());
    await expect(settle({ METRICS_PORT: port })).resolves.toMatchObject({ metrics: Number(port) });
    const ofNoMachine = '192.0.2.1'; // for documentation only: RFC 5737
    await expect(settle({ METRICS_PORT: port, METRICS_HOST: ofNoMachine })).rejects.toThrow('set METRICS_PORT');
    await expect(settle({ PORT: port, HOST: ofNoMachine, PUBLIC_READ: '1' })).rejects.toThrow('set PORT');
  });

  it('ignores the Temporal ports if a variable names another server', async () => {
    const env = readEnv({ ...anyPorts, TEMPORAL_PORT: String(busy) });
    await expect(settlePorts(env, temporaryFolder(), {})).rejects.toThrow(`port ${busy} for Temporal is in use`);
    await expect(settlePorts(env, temporaryFolder(), { TEMPORAL_ADDRESS: '127.0.0.1:7233' })).resolves.toBeDefined();
  });

  it('keeps the ports of the database and the sandbox from start to start', async () => {
    const folder = temporaryFolder();
    const first = await settlePorts(readEnv(anyPorts), folder);
    const second = await settlePorts(readEnv(anyPorts), folder);
    expect([second.postgres, second.sandbox]).toEqual([first.postgres, first.sandbox]);
  });

  it('turns a wildcard address into one that can be reached', () => {
    expect(['0.0.0.0', '::', '::1', '127.0.0.1', 'localhost'].map(reachable)).toEqual([
      ...['127.0.0.1', '127.0.0.1', '[::1]', '127.0.0.1', 'localhost'],
    ]);
  });
});
