import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/environment/temporary-folder.js';
import { migrate } from '../db/migrate.js';
import { ensureDatabase, type PostgresServer, startPostgres } from './embedded/postgres.js';
import { LogFile } from './lib/log-file.js';
import { freePort } from './lib/ports.js';
import { type Runtime, RuntimeFile } from './lib/runtime-file.js';
import { withDatabase } from './lib/stack-database.js';
// @ts-expect-error: bootstrap's modules are JavaScript, without declarations
import { isBuilt } from './prepare/build.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** `npm test` has built them; the sources take five times as long to start. */
const IS_BUILT = (isBuilt as (root: string) => boolean)(ROOT);
const NODE_ARGUMENTS = ['--import', './test/environment/typescript.mjs', '--experimental-transform-types'];
const COMMANDS = [['doctor'], ['rebuild', '--asset', 'SPY'], ['backfill'], ['market', 'list']] as const;
/** Without it, each command compiles all its modules again. */
const NODE_COMPILE_CACHE = temporaryFolder();
const names = COMMANDS.map((command) => [command[0], command] as const);

/** Runs a command. @returns its exit code and all that it printed */
function run([name, ...args]: readonly string[], variables: Record<string, string>): Promise<[number | null, string]> {
  return new Promise((resolve) => {
    const program = IS_BUILT ? [`dist/cli/${name}.js`] : [...NODE_ARGUMENTS, `cli/${name}.ts`];
    const child = spawn(process.execPath, [...program, ...args], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        DATA_DIR: temporaryFolder(),
        NODE_COMPILE_CACHE,
        NODE_NO_WARNINGS: '1',
        ...variables,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.once('close', (code) => resolve([code, output]));
  });
}

let server: PostgresServer;
beforeAll(async () => {
  const dataDir = join(temporaryFolder(), 'data');
  mkdirSync(dataDir, { mode: 0o711 });
  server = await startPostgres({ dataDir, logFile: new LogFile(join(dataDir, 'postgres.log')) });
  await ensureDatabase(server, 'empty');
  await ensureDatabase(server, 'migrated');
  await migrate(server.url('migrated'));
});
afterAll(() => server?.stop(5_000));

const temporal = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

/** What a person reads: one or two lines, never a stack. */
async function expectMessage(command: readonly string[], variables: Record<string, string>, ...patterns: RegExp[]) {
  const [code, output] = await run(command, variables);
  for (const pattern of patterns) expect(output).toMatch(pattern);
  expect(output).not.toMatch(/^ +at /m);
  expect(output.trim().split('\n').length).toBeLessThanOrEqual(2);
  expect(code).toBe(1);
}

async function expectNoAnswer(command: readonly string[], host: string) {
  const port = await freePort();
  await expectMessage(
    command,
    { ...temporal, DATABASE_URL: `postgres://me:secret@${host}:${port}/bars` },
    new RegExp(`^PostgreSQL at ${host}:${port}/bars cannot be used: .*connect ECONNREFUSED 127.0.0.1:${port}`),
    /\nCheck DATABASE_URL/,
    /^(?!.*secret)/s,
  );
}

describe.each(names)('npm run %s', (_, command) => {
  it('says that nothing is running', async () => {
    await expectMessage(command, {}, /^Barkeep is not running on \/.+ Run `npm start` in another terminal/);
  });

  it('names the server that does not respond', () => expectNoAnswer(command, '127.0.0.1'));
});

describe('each of these commands', () => {
  const command = COMMANDS[0];

  it('says which variable helps a command that is about backups', async () => {
    await expectMessage(['backup', 'list'], {}, /^Barkeep is not running on .+, or set BACKUP_DIR\.$/m);
    await expectMessage(['backup'], {}, /^Barkeep is not running on .+ to the folder of a running one\.$/m);
  });

  it('names the server on localhost that does not respond', () => expectNoAnswer(command, 'localhost'));

  it('says what is wrong with the database that it reaches', async () => {
    const to = (url: string) => ({ ...temporal, DATABASE_URL: url });
    await expectMessage(command, to(server.url('none')), /cannot be used: database "none" does not exist/);
    await expectMessage(
      command,
      to(server.url('empty')),
      /^The database schema \(empty\) is older than this build expects/,
    );
    const forged = new URL(server.url('empty'));
    forged.password = 'wrong';
    await expectMessage(command, to(forged.href), /cannot be used: password authentication failed/);
  });

  it('recognises what a killed `npm start` has left', async () => {
    const DATA_DIR = temporaryFolder();
    const databaseUrl = `postgres://me:secret@127.0.0.1:${await freePort()}/bars`;
    new RuntimeFile(DATA_DIR).write({ databaseUrl, temporalAddress: '127.0.0.1:1', namespace: 'default' } as Runtime);
    await expectMessage(
      command,
      { DATA_DIR },
      /cannot be used: connect ECONNREFUSED/,
      /Run `npm start` in another terminal/,
    );
  });
});

describe('npm run doctor -- --system', () => {
  const system = ['doctor', '--system', '--json'] as const;
  interface Report {
    status: string;
    checks: { name: string; status: string; detail: string; advice: string | null }[];
  }
  const reportOf = async (variables: Record<string, string>): Promise<[number | null, Report, string]> => {
    const [code, output] = await run(system, { ...free, MARKET_MODE: 'sandbox', ...variables });
    return [code, JSON.parse(output) as Report, output];
  };
  /** Ports that no other program may have. */
  const free = { PORT: '0', METRICS_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' };

  it('needs nothing to be running, and says what it could not check', async () => {
    const [code, { status, checks }] = await reportOf({});
    expect([code, status]).toEqual([0, 'warning']);
    const found = new Map(checks.map((check) => [check.name, check]));
    expect(found.get('processes')).toMatchObject({ status: 'warning', advice: expect.stringContaining('npm start') });
    expect(found.get('ports')).toMatchObject({ status: 'ok' });
    expect(found.get('database')).toMatchObject({ status: 'unknown' });
    expect(found.get('temporal')).toMatchObject({ status: 'unknown' });
  });

  it('says what is wrong with what it cannot reach, without secrets, and what to do', async () => {
    const port = await freePort();
    const DATABASE_URL = `postgres://me:secret@127.0.0.1:${port}/bars`;
    const [code, { status, checks }, output] = await reportOf({ ...temporal, DATABASE_URL });
    expect([code, status]).toEqual([1, 'error']);
    const errors = checks.filter((check) => check.status === 'error');
    expect(errors.map(({ name }) => name)).toEqual(['database', 'temporal']);
    for (const { advice } of errors) expect(advice).toMatch(/^Start the server/);
    expect(output).not.toContain('secret');
  });
});

describe('npm run doctor -- --system beside a running start', () => {
  it('asks the hosts that this start was given', async () => {
    const provider = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const DATA_DIR = temporaryFolder();
    const running: Partial<Runtime> = {
      ...{ mode: 'live', api: 'http://127.0.0.1:1', temporalAddress: '127.0.0.1:1', namespace: 'default' },
      ...{ databaseUrl: 'postgres://127.0.0.1:1/bars', providers: { yahoo: `http://${host}` } },
      pids: { start: process.pid, postgres: null, temporal: null, sandbox: null, worker: null, api: null },
    };
    new RuntimeFile(DATA_DIR).write(running as Runtime);
    const [, output] = await run(['doctor', '--system', '--json'], { DATA_DIR });
    provider.close();
    const { checks } = JSON.parse(output) as { checks: { name: string; detail: string }[] };
    const reached = checks.filter(({ name }) => name.startsWith('reach'));
    expect(reached).toEqual([
      expect.objectContaining({ name: 'reach yahoo', detail: expect.stringMatching(`^${host} answers`) }),
    ]);
  });
});

describe('npm run backup -- verify', () => {
  it('fails if there is nothing to verify', async () => {
    const BACKUP_DIR = temporaryFolder();
    await expectMessage(
      ['backup', 'verify'],
      { BACKUP_DIR },
      /^There are no backups yet: there is nothing to verify\.$/m,
    );
    for (const folder of ['base', 'wal']) mkdirSync(join(BACKUP_DIR, 'archive', folder), { recursive: true });
    await expectMessage(['backup', 'verify'], { BACKUP_DIR }, /archive has no base copy, so nothing can be restored/);
  });
});

describe('a command whose database goes away while it works', () => {
  it('says so', async () => {
    const lost = withDatabase(server.url('migrated'), { name: 'test', max: 1 }, ({ pool }) =>
      pool.query('select pg_terminate_backend(pg_backend_pid())'),
    );
    await expect(lost).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^PostgreSQL at .*\/migrated cannot be used: .*\nBarkeep has ended/),
    });
  });
});
