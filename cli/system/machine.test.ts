import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { freePort } from '../lib/ports.js';
import { checkDataFolder, checkMemory, checkProxy } from './machine.js';

describe('the memory', () => {
  it('must suffice for everything, or for what comes on top once it is running', () => {
    expect(checkMemory(false, 900e6, 4e9)).toMatchObject({ status: 'ok', detail: '900 MB of 4 GB available' });
    expect(checkMemory(false, 700e6, 4e9).status).toBe('warning');
    expect(checkMemory(true, 700e6, 4e9).status).toBe('ok');
    expect(checkMemory(true, 100e6, 4e9).status).toBe('warning');
  });
});

describe('the data folder', () => {
  it('may be yet to come', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(await checkDataFolder(folder)).toMatchObject({
      detail: expect.stringContaining(`${folder} (does not exist yet)`),
    });
  });

  it('must be one that can be created and written', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await checkDataFolder(join(file, 'data'))).toMatchObject({
      ...{ status: 'error', detail: expect.stringContaining('cannot be written (ENOTDIR)') },
    });
  });
});

describe('the proxy', () => {
  it('need not be', async () => {
    expect(await checkProxy({})).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^none/) });
  });

  it('must answer, and be used', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const https_proxy = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await checkProxy({ https_proxy, NODE_USE_ENV_PROXY: '1' })).status).toBe('ok');
      const unused = await checkProxy({ https_proxy, NODE_USE_ENV_PROXY: '0' });
      expect(unused).toMatchObject({ status: 'warning', advice: 'Set NODE_USE_ENV_PROXY=1.' });
      expect(JSON.stringify(unused)).not.toContain('secret');
    } finally {
      server.close();
    }
  });

  it('is named by its variable if nothing listens there, or it is no URL', async () => {
    const HTTP_PROXY = `http://127.0.0.1:${await freePort()}`;
    const check = await checkProxy({ HTTP_PROXY, https_proxy: 'no url' });
    expect(check).toMatchObject({
      status: 'error',
      detail: expect.stringMatching(/https_proxy: .*; HTTP_PROXY: .*ECONNREFUSED/),
    });
  });
});
