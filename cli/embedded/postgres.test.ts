import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { LogFile } from '../lib/log-file.js';
import { hasEnded, isAlive } from '../lib/processes.js';
import { ensureDatabase, type PostgresServer, startPostgres } from './postgres.js';

jest.setTimeout(60_000);

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let server: PostgresServer | null = null;
  const start = async (dataDir: string, log?: (line: string) => void) => {
    server = await startPostgres({ dataDir, logFile: new LogFile(join(dataDir, 'postgres.log')), log });
    return server;
  };
  afterEach(() => server?.stop(5_000));

  it('loses nothing that was committed when it is killed, and starts again at once', async () => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir);
    await ensureDatabase(first, 'market');
    await ensureDatabase(first, 'market');
    await query(first.url('market'), 'create table kept as select 42 as answer');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start(dataDir);
    expect(await query(second.url('market'), 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await query(second.url('market'), 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await query(second.url('market'), 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
  });

  it('stops a server that an earlier start left behind on its folder', async () => {
    const dataDir = temporaryFolder();
    const orphan = await start(dataDir);
    const said: string[] = [];
    await start(dataDir, (line) => said.push(line));
    expect(said).toEqual([`Stopping PostgreSQL (pid ${orphan.pid}) that an earlier start left behind`]);
    expect(await hasEnded(orphan.pid, 0)).toBe(true);
  });

  it('is not kept from starting by a lock whose pid belongs to another program now', async () => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir);
    await first.stop(5_000);
    expect(isAlive(first.pid)).toBe(false);
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    await expect(start(dataDir)).resolves.toMatchObject({ port: expect.any(Number) });
  });

  it('makes the cluster anew when its making was interrupted', async () => {
    const dataDir = temporaryFolder();
    const half = join(dataDir, 'postgres.new-1');
    mkdirSync(join(half, 'cluster'), { recursive: true });
    await start(dataDir);
    expect(existsSync(half)).toBe(false);
  });

  it('says so when the password of its cluster is gone', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    await expect(start(dataDir)).rejects.toThrow(/password file .* is gone/);
  });
});
