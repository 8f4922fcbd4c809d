import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { backupState } from '../../db/backup/state-in-words.js';
import { connect, limitToShare } from '../../db/client.js';
import { eventually } from '../../test/environment/eventually.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { LogFile } from '../lib/log-file.js';
import { hasEnded, isAlive } from '../lib/processes.js';
import { ensureDatabase, type PostgresServer, startPostgres } from './postgres.js';

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

  it('loses no committed data when it is killed, and restarts at once', async () => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir);
    await ensureDatabase(first, 'market');
    await ensureDatabase(first, 'market');
    await query(first.url('market'), 'create table kept as select 42 as number');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start(dataDir);
    expect(await query(second.url('market'), 'select number from kept')).toEqual([{ number: 42 }]);
    expect(await query(second.url('market'), 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await query(second.url('market'), 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
  });

  it('has connections for four workers, the API and the commands, all busy at once', async () => {
    const server = await start(temporaryFolder());
    const url = server.url('postgres');
    const pools = Array.from({ length: 6 }, () => connect(url, { max: 16 }));
    try {
      for (const { pool } of pools) await limitToShare(pool);
      const sizes = pools.map(({ pool }) => pool.options.max);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
      const busy = pools.map(({ pool }, i) => {
        // as worker/deps.ts, api/main.ts and the commands open theirs
        return Array.from({ length: i < 4 ? sizes[i]! : 10 }, () => pool.query('select pg_sleep(0.5)'));
      });
      await expect(Promise.all(busy.flat())).resolves.toHaveLength(4 * sizes[0]! + 20);
    } finally {
      for (const pool of pools) await pool.close();
    }
  });

  it('starts without the disk of its archive, and says how much waits for it', async () => {
    const [dataDir, disk] = [temporaryFolder(), join(temporaryFolder(), 'gone')];
    writeFileSync(disk, ''); // so that nobody can create a folder there
    const archive = { location: join(disk, 'archive'), program: ['false'] };
    server = await startPostgres({ dataDir, logFile: new LogFile(join(dataDir, 'postgres.log')), archive });
    const database = connect(server.url('postgres'), { max: 1 });
    try {
      // a segment takes its whole size, every 50 seconds
      expect((await database.pool.query('show wal_segment_size')).rows).toEqual([{ wal_segment_size: '4MB' }]);
      await database.pool.query('create table written as select 1');
      await database.pool.query('select pg_switch_wal()');
      await eventually(async () => {
        const { words } = await backupState(database.pool, Date.now());
        expect(words).toMatch(
          /nothing gets to .* Meanwhile [\d.]+ MB of write-ahead log wait .* full in about \d+ day/,
        );
      });
    } finally {
      await database.close();
    }
  });

  it('stops a server that an earlier start left running on its folder', async () => {
    const dataDir = temporaryFolder();
    const orphan = await start(dataDir);
    const lines: string[] = [];
    await start(dataDir, (line) => lines.push(line));
    expect(lines).toEqual([`Stopping PostgreSQL (pid ${orphan.pid}), left running by an earlier start`]);
    expect(await hasEnded(orphan.pid, 0)).toBe(true);
  });

  it('starts despite a lock whose pid now belongs to another program', async () => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir);
    await first.stop(5_000);
    expect(isAlive(first.pid)).toBe(false);
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    await expect(start(dataDir)).resolves.toMatchObject({ port: expect.any(Number) });
  });

  it('creates the cluster again after an interrupted start', async () => {
    const dataDir = temporaryFolder();
    const half = join(dataDir, 'postgres.new-1');
    mkdirSync(join(half, 'cluster'), { recursive: true });
    await start(dataDir);
    expect(existsSync(half)).toBe(false);
  });

  it('reports a cluster whose password file is missing', async () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    await expect(start(dataDir)).rejects.toThrow(/password file .* is missing/);
  });

  it('says what to do if the disk is full, and leaves nothing of the database that it could not create', async () => {
    const dataDir = temporaryFolder();
    const initdb = join(temporaryFolder(), 'initdb');
    const fails = ['#!/bin/sh', 'echo "FATAL:  could not write to file: No space left on device" >&2', 'exit 1'];
    writeFileSync(initdb, fails.join('\n'), { mode: 0o755 });
    const logFile = new LogFile(join(dataDir, 'postgres.log'));
    await expect(startPostgres({ dataDir, logFile, binaries: { initdb, postgres: initdb } })).rejects.toThrow(
      /^initdb could not create a database in .+:\nFATAL: .+ No space left on device\nThe disk is full\. Free/,
    );
    expect(readdirSync(dataDir)).not.toContainEqual(expect.stringMatching(/^postgres\.new/));
  });
});
