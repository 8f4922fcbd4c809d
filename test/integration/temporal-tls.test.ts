import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTemporalConfig } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { temporalProblem } from '../../contracts/temporal-problem.js';
import { type Authority, createAuthority } from '../environment/certificates.js';
import { createTestDatabase } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { temporaryFolder } from '../environment/temporary-folder.js';
import { startTlsProxy, type TlsProxy } from '../environment/tls-proxy.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// what gRPC logs of the connections that fail here, as intended
setLogVerbosity(logVerbosity.NONE);

type Variables = Record<string, string>;

describe('Temporal behind TLS', () => {
  let temporal: TestNamespace;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const proxies: TlsProxy[] = [];
  let tls: Variables;
  let mtls: Variables;
  let client: Variables;
  let stranger: Variables;
  let otherCa: Variables;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const clientFiles = async (name: string, authority: Authority): Promise<Variables> => {
      const { certificate, key } = await authority.issue(name);
      return {
        TEMPORAL_TLS_CLIENT_CERT_PATH: file(`${name}.pem`, certificate),
        TEMPORAL_TLS_CLIENT_KEY_PATH: file(`${name}.key`, key),
      };
    };
    const [authority, other] = await Promise.all([createAuthority('barkeep'), createAuthority('someone else')]);
    [temporal, database] = await Promise.all([createTestNamespace(), createTestDatabase()]);
    const server = await authority.issue('temporal', { dns: ['temporal.example'], ip: ['127.0.0.1'] });
    for (const clientCa of [null, authority.certificate])
      proxies.push(await startTlsProxy(temporal.address, server, clientCa));
    const trusting = (proxy: TlsProxy): Variables => ({
      TEMPORAL_ADDRESS: proxy.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem', authority.certificate),
    });
    [tls, mtls] = [trusting(proxies[0]!), trusting(proxies[1]!)];
    client = await clientFiles('client', authority);
    stranger = await clientFiles('stranger', other);
    otherCa = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('other.pem', other.certificate) };
  });
  afterAll(async () => {
    for (const proxy of proxies) proxy.close();
    await Promise.all([temporal?.close(), database?.drop()]);
  });

  /** Connects as the API and the commands do, and as a worker does. @returns the two errors, if any */
  async function connectBoth(variables: Variables): Promise<(Error | null)[]> {
    const config = readTemporalConfig(variables);
    const failure = (error: Error) => error;
    return Promise.all([
      Connection.connect({ ...clientOptions(config), connectTimeout: '2s' }).then(async (connection) => {
        await connection.workflowService.describeNamespace({ namespace: config.namespace });
        return connection.close().then(() => null);
      }, failure),
      NativeConnection.connect(config.connectionOptions).then(async (connection) => {
        await connection.workflowService.describeNamespace({ namespace: config.namespace });
        return connection.close().then(() => null);
      }, failure),
    ]);
  }

  it('is reached by clients and workers, with TLS and with mTLS', async () => {
    expect(await connectBoth(tls)).toEqual([null, null]);
    expect(await connectBoth({ ...mtls, ...client })).toEqual([null, null]);
    expect(await connectBoth({ ...mtls, ...client, TEMPORAL_TLS_SERVER_NAME: 'temporal.example' })).toEqual([
      null,
      null,
    ]);
  });

  it('is not reached otherwise, and the error says why', async () => {
    const cases: Record<string, [Variables, RegExp]> = {
      'an unknown CA': [{ ...tls, ...otherCa }, /TEMPORAL_TLS_SERVER_CA_CERT_PATH: the CA .* is not trusted/],
      'another name': [{ ...tls, TEMPORAL_TLS_SERVER_NAME: 'b.example' }, /TEMPORAL_TLS_SERVER_NAME: .* another name/],
      'no client certificate': [
        mtls,
        /TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH: the server requires/,
      ],
      "a stranger's certificate": [{ ...mtls, ...stranger }, /TEMPORAL_TLS_CLIENT_CERT_PATH: the server refuses this/],
      'TLS turned off': [{ ...tls, TEMPORAL_TLS: 'false' }, /TEMPORAL_TLS: the server requires TLS/],
      'TLS where there is none': [
        { ...tls, TEMPORAL_ADDRESS: temporal.address },
        /TEMPORAL_TLS: the server does not use TLS/,
      ],
      'nobody there': [{ ...tls, TEMPORAL_ADDRESS: '127.0.0.1:1' }, /connect ECONNREFUSED 127.0.0.1:1$/],
    };
    const attempt = async ([name, [variables, words]]: [string, [Variables, RegExp]]) => {
      const errors = await connectBoth(variables);
      const config = readTemporalConfig(variables);
      const problem = errors[0] && (await temporalProblem(config, errors[0]));
      expect([name, errors, problem]).toEqual([
        name,
        [expect.any(Error), expect.any(Error)],
        expect.stringMatching(words),
      ]);
      expect(problem).toContain(`Temporal at ${config.connectionOptions.address} cannot be used: `);
    };
    await Promise.all(Object.entries(cases).map(attempt));
  });

  it('keeps the error of the server if the connection is well', async () => {
    const denied = new Error('7 PERMISSION_DENIED: Request unauthorized.');
    expect(await temporalProblem(readTemporalConfig(tls), denied)).toMatch(
      /cannot be used: 7 PERMISSION_DENIED: Request/,
    );
  });

  /** Runs one of our programs. @returns its exit code and all that it printed */
  const run = (script: string, variables: Variables, args: string[] = []): Promise<[number | string, string]> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
        DATABASE_URL: database.url,
        DATA_DIR: temporaryFolder(),
        ...variables,
      };
      execFile(process.execPath, [`dist/${script}.js`, ...args], { cwd: root, env }, (error, stdout, stderr) =>
        resolve([error?.code ?? 0, `${stdout}${stderr}`]),
      );
    });

  it('is used by the set-up, the worker, the API and the commands', async () => {
    const secured = { ...mtls, ...client };
    const nobody = { YAHOO_BASE_URL: 'http://127.0.0.1:1', COINGECKO_BASE_URL: 'http://127.0.0.1:1' };
    const worker = execFile(process.execPath, ['dist/worker/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH, DATABASE_URL: database.url, METRICS_PORT: '0', ...secured, ...nobody },
    });
    const api = execFile(process.execPath, ['dist/api/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH, DATABASE_URL: database.url, PORT: '0', ...mtls },
    });
    let apiLog = '';
    api.stdout!.on('data', (text) => (apiLog += String(text)));
    try {
      const refused = [
        1,
        expect.stringMatching(/^Temporal at .* cannot be used: TEMPORAL_TLS_CLIENT_CERT_PATH and .*\n$/),
      ];
      const setUps = await Promise.all([run('worker/setup', secured), run('worker/setup', mtls)]);
      expect(setUps).toEqual([[0, expect.any(String)], refused]);
      // a weekend, for which there is nothing to fetch
      const range = ['--assets', 'SPY', '--timeframe', '1d', '--from', '2026-01-03', '--to', '2026-01-04'];
      const backfills = await Promise.all([run('cli/backfill', secured, range), run('cli/backfill', mtls, range)]);
      const done = expect.stringMatching(/SPY\n[^]*Backfill skipped: /);
      expect(backfills).toEqual([[0, done], refused]);
      await eventually(() => expect(apiLog).toMatch(/"problem":"Temporal at .*TEMPORAL_TLS_CLIENT_CERT_PATH and/));
    } finally {
      api.kill('SIGKILL');
      worker.kill('SIGKILL'); // in production.test.ts it stops cleanly, which takes as long as its tasks
    }
  });
});
