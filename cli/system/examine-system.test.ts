import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageVersion } from '../../api/version.js';
import { checkApi } from './examine-system.js';

describe('the check of the API', () => {
  let server: Server;
  let api: string;
  beforeAll(async () => {
    server = createServer(({ url, headers }, response) => {
      const detail =
        headers.authorization === 'Bearer the-read-token' ? 'connect ECONNREFUSED' : 'shown with the read token';
      const body =
        url === '/healthz'
          ? { version: packageVersion() }
          : {
              checks: [
                { name: 'temporal', status: 'failed', detail },
                { name: 'database', status: 'ok', detail: '' },
              ],
            };
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('names what fails, with the details that the read token opens', async () => {
    const detailWith = async (readToken: string | null) =>
      (await checkApi({ api, readToken, adminToken: null })).detail;
    expect(await detailWith('the-read-token')).toBe(`${api} is not ready: temporal connect ECONNREFUSED`);
    expect(await detailWith(null)).toBe(`${api} is not ready: temporal shown with the read token`);
  });
});
