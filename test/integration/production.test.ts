import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/lib/ports.js';
import { type Sandbox, startSandbox } from '../../sandbox/server.js';
import { ROLE_KINDS } from '../../db/roles.js';
import { interpolated } from '../compose.js';
import { asRole, createTestDatabase } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { temporaryFolder } from '../environment/temporary-folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const READ_TOKEN = 'the-read-token-of-the-test';
/** A program of docker-compose.yml, run here, with its last words. */
interface Program {
  child: ChildProcess;
  output: () => string;
}

describe('the commands of docker-compose.yml, without Docker', () => {
  const programs: Program[] = [];
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let temporal: TestNamespace;
  let sandbox: Sandbox;
  let here: Record<string, string>;
  const secrets = temporaryFolder();

  beforeAll(async () => {
    database = await createTestDatabase();
    temporal = await createTestNamespace();
    sandbox = await startSandbox({ port: 0, seed: 1, clock: Date.now });
    const given = { SECRETS_DIR: secrets, READ_TOKEN };
    execFileSync('sh', ['deploy/create-secrets.sh'], { cwd: root, env: { ...process.env, ...given } });
    writeFileSync(join(secrets, 'database-url'), database.url);
    for (const kind of ROLE_KINDS) writeFileSync(join(secrets, `${kind}-database-url`), asRole(database.url, kind));
    here = {
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      METRICS_PORT: String(await freePort()),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      YAHOO_BASE_URL: sandbox.url,
      COINGECKO_BASE_URL: `${sandbox.url}/api/v3`,
    };
  });

  afterAll(async () => {
    for (const { child } of programs) child.kill('SIGKILL');
    await sandbox?.close();
    await temporal?.close();
    await database?.drop();
  });

  function start(service: string): Program {
    const { command, environment } = interpolated({}).services[service]!;
    const [program, ...args] = command!;
    expect(program).toBe('node');
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
    for (const [name, value] of Object.entries({ ...environment, ...here }))
      env[name] = String(value).replace('/run/secrets', secrets);
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
    const started = { child, output: () => output };
    programs.push(started);
    return started;
  }

  async function exitCode({ child, output }: Program): Promise<number> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    if (child.exitCode === null) throw new Error(`ended by ${child.signalCode}:\n${output()}`);
    return child.exitCode;
  }

  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${here.PORT}${path}`, { headers: { Authorization: `Bearer ${READ_TOKEN}` } });

  it('set up, fetch and serve bars, and stop cleanly', async () => {
    const setup = start('setup');
    expect([await exitCode(setup), setup.output()]).toEqual([0, expect.any(String)]);

    const worker = start('worker');
    const api = start('api');
    await eventually(async () => expect((await ask('/readyz')).status).toBe(200));
    await eventually(async () => {
      const answer = await ask('/api/stocks/SPY/ohlcv?timeframe=1d&limit=2');
      expect(((await answer.json()) as { bars: unknown[] }).bars).toHaveLength(2);
    });
    const answer = await ask('/api/stocks/SPY/latest');
    expect(answer.headers.get('x-market-data')).not.toBe('simulated');

    for (const { child } of [worker, api]) child.kill('SIGTERM');
    expect([await exitCode(worker), await exitCode(api)]).toEqual([0, 0]);
  });
});
