import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stubServer } from '../../test/stub-server.js';
// @ts-expect-error: bootstrap's modules are JavaScript, without declarations
import { proxyVariables as untyped } from './proxy.mjs';

const proxyVariables = untyped as (env: Record<string, string>) => Record<string, string>;

describe('the environment behind a proxy', () => {
  it('is unchanged without one', () => {
    expect(proxyVariables({ NO_PROXY: 'a.example', http_proxy: '' })).toEqual({});
  });

  it.each([
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'localhost,127.0.0.1,::1'],
    [{ http_proxy: 'http://proxy:3128', NO_PROXY: 'a.example, 127.0.0.1' }, 'a.example,127.0.0.1,localhost,::1'],
    [{ http_proxy: 'http://proxy:3128', no_proxy: '*' }, '*'],
  ])('of %j excepts this machine', (env, excepted) => {
    expect(proxyVariables(env)).toEqual({ ...env, NODE_USE_ENV_PROXY: '1', no_proxy: excepted, NO_PROXY: excepted });
  });

  it('excepts the addresses that our own servers listen on', () => {
    const { no_proxy } = proxyVariables({
      http_proxy: 'http://proxy:3128',
      HOST: '192.0.2.1',
      METRICS_HOST: '192.0.2.2',
    });
    expect(no_proxy).toBe('localhost,127.0.0.1,::1,192.0.2.1,192.0.2.2');
  });

  it.each(['proxy.example:3128', '127.0.0.1:3128', 'me:secret@proxy.example:3128'])(
    'has the scheme of %s',
    (address) => {
      expect(proxyVariables({ https_proxy: address })).toMatchObject({ https_proxy: `http://${address}` });
    },
  );

  it.each(['http://', 'socks5://127.0.0.1:1080', 'http://me:se%cret@proxy:3128', 'http://me:secret@proxy:port'])(
    'is refused with %s, without its password',
    (address) => {
      const refused = () => proxyVariables({ http_proxy: 'http://proxy:3128', HTTPS_PROXY: address });
      expect(refused).toThrow(/^HTTPS_PROXY is not the address of an HTTP proxy, such as /);
      expect(refused).not.toThrow(/se%?cret/);
    },
  );

  it.each<Record<string, string>>([{ NODE_USE_ENV_PROXY: '0' }, { https_proxy: 'http://proxy:3128' }])(
    'may have a SOCKS proxy that Node does not use: %j',
    (env) => {
      const HTTPS_PROXY = 'socks5://127.0.0.1:1080';
      expect(proxyVariables({ HTTPS_PROXY, ...env })).toMatchObject({ HTTPS_PROXY, ...env });
    },
  );
});

/** Requests the bars of both providers and prints how each attempt ended. Arguments: the base URLs. */
const REQUESTS = `
  const { createProviders } = await import('./providers/index.ts');
  const [YAHOO_BASE_URL, COINGECKO_BASE_URL] = process.argv.slice(1);
  const now = Date.now();
  const window = { from: now - 3_600_000, to: now };
  for (const provider of Object.values(createProviders({ YAHOO_BASE_URL, COINGECKO_BASE_URL }))) {
    const timeframe = provider.id === 'yahoo' ? '1m' : '30m';
    await provider.fetchBars({ providerSymbol: 'some', timeframe, window, now }, AbortSignal.timeout(5_000)).catch(() => {});
  }`;

/** Prints why a host cannot be reached, or that it can. Argument: its URL. */
const PROBE = `
  const { probeHost } = await import('./cli/lib/probe-host.ts');
  console.log(await probeHost(process.argv[1]).then(() => 'reached', (error) => error.message));`;

describe('requests to providers', () => {
  const direct = stubServer();
  /** Targets of the requests that the proxy received: a URL, or host:port of a tunnel. */
  let proxied: string[] = [];
  const proxy = createServer((request, response) => {
    proxied.push(request.url!);
    response.end('{}');
  }).on('connect', (request, socket) => {
    proxied.push(request.url!);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  beforeAll(() => once(proxy.listen(0, '127.0.0.1'), 'listening'));
  beforeEach(() => {
    proxied = [];
  });
  afterAll(() => void proxy.close());

  /** Runs a script behind the proxy. @returns what it printed */
  async function behindProxy(script: string, ...args: string[]): Promise<string> {
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const given = { PATH: process.env.PATH!, http_proxy: url, https_proxy: url };
    const flags = ['--import', './test/environment/typescript.mjs', '--experimental-transform-types'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, '--input-type=module', '-e', script, ...args],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)), env: { ...given, ...proxyVariables(given) } },
    );
    return stdout;
  }

  it('go through the proxy, as a tunnel where they are encrypted', async () => {
    await behindProxy(REQUESTS, 'https://yahoo.example', 'https://coingecko.example/api/v3');
    expect(new Set(proxied)).toEqual(new Set(['yahoo.example:443', 'coingecko.example:443']));
  });

  it('say what the proxy answered if it opens no tunnel', async () => {
    expect(await behindProxy(PROBE, 'https://yahoo.example')).toBe('the proxy answered 502\n');
  });

  it('do not if the provider is on this machine, as the sandbox is', async () => {
    await behindProxy(REQUESTS, direct.base, `${direct.base}/api/v3`);
    expect(proxied).toEqual([]);
    expect(direct.requests).toHaveLength(2);
  });
});
