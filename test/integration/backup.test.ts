import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { ensureDatabase, type PostgresServer, startPostgres } from '../../cli/embedded/postgres.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { type RestoreRequest, restoreDataFolder } from '../../cli/restore/restore-data-folder.js';
import { claimDataFolder } from '../../cli/start/data-folder.js';
import { DATABASE_OF } from '../../cli/start/market.js';
import { readEnv } from '../../config/env.js';
import { copyNameOf } from '../../db/backup/base-copy.js';
import { archivedWal } from '../../db/backup/wal-files.js';
import { baseFolderOf, checkArchive, pruneArchive, readArchiving, walFolderOf } from '../../db/backup/archive.js';
import { type BackupState, backupState } from '../../db/backup/state-in-words.js';
import { takeBackup } from '../../db/backup/take-backup.js';
import { connect, connectOnce, type Database } from '../../db/client.js';
import { migrate } from '../../db/migrate.js';
import { claimInstance } from '../../db/repositories/upkeep/instance.js';
import { eventually } from '../environment/eventually.js';
import { temporaryFolder } from '../environment/temporary-folder.js';
import { casesOf } from '../long-tests.js';

const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** The programs that PostgreSQL calls, from their sources. */
const walProgram = (name: string) => [
  ...[process.execPath, '--import', source('test/environment/typescript.mjs')],
  source(`db/backup/${name}.ts`),
];
const FAST = { fsync: 'off' };

const folder = temporaryFolder();
const dataDir = join(folder, 'data');
const backups = join(folder, "the manager's 100 % backups");
const archive = join(backups, '2026-11-30-1f3a9c');

/** What the database held at an instant. */
interface Mark {
  at: number;
  rows: string;
}
/** After the first base copy and before the second, and after that. */
const marks: { early: Mark[]; late: Mark[] } = { early: [], late: [] };
let end: Mark;
/** Why backups were not taken. */
const refusals = { second: '', damaged: '', notArchived: '' };
let stateWithoutArchive: BackupState;

/** One row after the other, each in a transaction of its own. */
class Writer {
  private readonly client: Promise<pg.Client>;
  private queue: Promise<unknown> = Promise.resolve();
  private running = true;
  readonly done: Promise<void>;

  constructor(url: string) {
    this.client = connectOnce({ connectionString: url });
    this.done = this.write();
  }

  private async write(): Promise<void> {
    const client = await this.client;
    while (this.running) await this.next(() => client.query(`insert into written default values`));
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Between two rows. @param switches whether the WAL goes on in another segment */
  async mark(switches = false): Promise<Mark> {
    const client = await this.client;
    return this.next(async () => {
      if (switches) await client.query('select pg_switch_wal()');
      const rows = await rowsOf(client);
      const { rows: now } = await client.query<{ at: Date }>('select clock_timestamp() as at');
      // the next row is of a later millisecond
      await client.query('select pg_sleep(0.002)');
      return { at: now[0]!.at.getTime() + 1, rows };
    });
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
    await (await this.client).end();
  }
}

async function rowsOf(client: pg.Client | pg.Pool): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(
    `select count(*) || ' ' || md5(string_agg(id || ' ' || at || content, ',' order by id)) as digest from written`,
  );
  return rows[0]!.digest;
}

/** Writes without a pause while two base copies are taken, then kills the server and deletes its data. */
beforeAll(async () => {
  claimDataFolder(dataDir);
  const server = await startPostgres({
    dataDir,
    logFile: new LogFile(join(folder, 'postgres.log')),
    archive: { folder: archive, program: walProgram('archive-wal') },
    settings: FAST,
  });
  const url = server.url(DATABASE_OF.sandbox);
  let database: Database | undefined;
  try {
    await ensureDatabase(server, DATABASE_OF.sandbox);
    await migrate(url);
    database = connect(url, { max: 2 });
    const { pool } = database;
    await claimInstance(pool, { mode: 'sandbox', providers: {}, clockOffset: 0 });
    await pool.query(
      `create table written (id serial primary key, at timestamptz default clock_timestamp(),
        content text default repeat(md5(random()::text), 20))`,
    );
    writeFileSync(join(dataDir, 'closures.json'), '[]');
    const writer = new Writer(url);
    const [{ name }, second] = await Promise.all([
      takeBackup(pool, { keep: 2 }),
      // once the first has begun
      eventually(() => expect(readdirSync(baseFolderOf(archive))).toHaveLength(1)).then(() => whyRefused(pool)),
    ]);
    refusals.second = second;
    for (let i = 0; i < casesOf(5, 1); i++) marks.early.push(await writer.mark(true));
    await eventually(() => expect(copyNameOf(new Date()) > name).toBe(true));
    await takeBackup(pool, { keep: 2 });
    for (let i = 0; i < casesOf(5, 1); i++) marks.late.push(await writer.mark(true));
    await writer.mark(true);
    await writer.stop();
    end = { at: Date.now(), rows: await rowsOf(pool) };
    await untilArchived(pool);
    refusals.damaged = await withDamagedTable(pool, () => whyRefused(pool));
    [refusals.notArchived, stateWithoutArchive] = await withoutArchive(pool, () =>
      Promise.all([whyRefused(pool), backupState(pool, Date.now())]),
    );
  } finally {
    await database?.close();
    await kill(server);
  }
  rmSync(dataDir, { recursive: true });
});

async function untilArchived(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('select pg_walfile_name(pg_switch_wal()) as name');
  await eventually(() => expect([...archivedWal(walFolderOf(archive)).keys()]).toContain(rows[0]!.name));
}

const whyRefused = (pool: pg.Pool): Promise<string> =>
  takeBackup(pool, { keep: 2 }).then(
    () => 'taken',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** While a byte of a table on disk is another. */
async function withDamagedTable<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  await pool.query(`create table damaged as select repeat('x', 1000) as content from generate_series(1, 20)`);
  await pool.query('checkpoint');
  const { rows } = await pool.query<{ path: string }>(`select pg_relation_filepath('damaged') as path`);
  const file = join(dataDir, 'postgres', rows[0]!.path);
  const content = readFileSync(file);
  content[8_000]! ^= 1;
  writeFileSync(file, content);
  const result = await work();
  await pool.query('drop table damaged');
  return result;
}

/** While the folder of the archive cannot be written, as if its disk were gone. */
async function withoutArchive<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const wal = walFolderOf(archive);
  renameSync(wal, `${wal}-gone`);
  await pool.query('create table more as select 1; select pg_switch_wal()');
  await eventually(async () => expect((await readArchiving(pool))!.failedAt).not.toBeNull());
  const result = await work();
  renameSync(`${wal}-gone`, wal);
  return result;
}

async function kill(server: PostgresServer): Promise<void> {
  process.kill(-server.pid, 'SIGKILL');
  await server.exited;
}

/** @param change what differs from a restore of all that is archived */
function restore(name: string, change: Partial<RestoreRequest> = {}) {
  const target = join(folder, name);
  const lines: string[] = [];
  const restored = restoreDataFolder({
    ...{
      backupDir: backups,
      target,
      from: null,
      at: null,
      env: readEnv({}),
      program: walProgram('fetch-wal'),
      settings: FAST,
    },
    ...{ report: (line) => lines.push(line), onProgress: () => undefined, signal: new AbortController().signal },
    ...change,
  });
  return { target, lines, restored };
}

/** What a restored folder holds, by the server that `npm start` starts on it. */
async function rowsIn(target: string): Promise<string> {
  const logFile = new LogFile(join(folder, 'restored.log'));
  const server = await startPostgres({ dataDir: target, logFile, settings: FAST });
  const client = await connectOnce({ connectionString: server.url(DATABASE_OF.sandbox) });
  try {
    await client.query(`insert into written (content) values ('writable')`);
    await client.query(`delete from written where content = 'writable'`);
    return await rowsOf(client);
  } finally {
    await client.end();
    await server.stop(5_000);
  }
}

/** A copy of the backups in which a byte of a file is another. */
function damaged(
  name: string,
  file: (archive: string) => string,
): { backupDir: string; archive: string; file: string } {
  const backupDir = join(folder, name);
  cpSync(backups, backupDir, { recursive: true });
  const inCopy = join(backupDir, basename(archive));
  const path = file(inCopy);
  const content = readFileSync(path);
  content[Math.floor(content.length / 2)]! ^= 1;
  writeFileSync(path, content);
  return { backupDir, archive: inCopy, file: path };
}
const newestCopy = (inside: string) => join(baseFolderOf(inside), readdirSync(baseFolderOf(inside)).sort().at(-1)!);
const lastSegment = (inside: string) => [...archivedWal(walFolderOf(inside)).values()].at(-1)!;

describe('a restored data folder', () => {
  it('holds all that was archived before its server was killed, and every bar in it is explained', async () => {
    const { target, restored } = restore('newest');
    const { proofs, lastCommitAt } = await restored;
    expect(readdirSync(target).sort()).toEqual(['barkeep.json', 'closures.json', 'postgres', 'postgres-password']);
    expect(statSync(join(target, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(target, 'postgres')).mode & 0o777).toBe(0o700);
    expect(await rowsIn(target)).toBe(end.rows);
    expect(Math.abs(lastCommitAt!.getTime() - end.at)).toBeLessThan(60_000);
    expect(proofs).toEqual([{ mode: 'sandbox', unexplained: 0, line: expect.stringContaining('0 unexplained') }]);
  });

  it('holds what was committed at an instant, and nothing later', async () => {
    for (const { at, rows } of [...marks.early, ...marks.late]) {
      const { target, restored } = restore(`at-${at}`, { at });
      const { copy } = await restored;
      expect([at, await rowsIn(target)]).toEqual([at, rows]);
      expect(Date.parse(copy.finishedAt)).toBeLessThanOrEqual(at);
    }
  });
});

describe('a backup', () => {
  it('can be read by its owner only', () => {
    for (const entry of readdirSync(archive, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect([entry.name, mode]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('is whole, byte by byte', async () => {
    expect(await checkArchive(archive, () => undefined)).toEqual([]);
  });

  it.each<[string, (inside: string) => string]>([
    ['the base copy', (inside) => join(newestCopy(inside), 'base.tar.zst')],
    ['the list of its files', (inside) => join(newestCopy(inside), 'backup_manifest')],
    ['its checksums', (inside) => join(newestCopy(inside), 'SHA256SUMS')],
    ['a password', (inside) => join(newestCopy(inside), 'data-folder', 'postgres-password')],
    ['a segment of the write-ahead log', lastSegment],
  ])('with a flipped byte in %s is found out and named, and nothing is restored', async (_, choose) => {
    const { backupDir, archive: inside, file } = damaged(`flipped-${Math.random()}`, choose);
    const target = `${basename(backupDir)}-restored`;
    expect(await checkArchive(inside, () => undefined)).toEqual([expect.stringContaining(basename(file))]);
    await expect(restore(target, { backupDir }).restored).rejects.toThrow(basename(file));
    expect(readdirSync(folder).filter((name) => name.startsWith(target))).toEqual([]);
  });

  it('with a damaged segment can be restored up to an instant before it', async () => {
    const { backupDir, file } = damaged('late-damage', lastSegment);
    const { at, rows } = marks.late[0]!;
    const { target, restored } = restore('before-damage', { backupDir, at });
    await restored;
    expect(await rowsIn(target)).toBe(rows);
    await expect(restore('after-damage', { backupDir, at: end.at + 60_000 }).restored).rejects.toThrow(basename(file));
  });

  it('without one of its segments is not taken for a shorter one', async () => {
    const backupDir = join(folder, 'gap');
    cpSync(backups, backupDir, { recursive: true });
    const inside = join(backupDir, basename(archive));
    const [name, file] = [...archivedWal(walFolderOf(inside))].at(-2)!;
    rmSync(file);
    expect(await checkArchive(inside, () => undefined)).toEqual([expect.stringContaining(`${name} is missing`)]);
    await expect(restore('gap-restored', { backupDir }).restored).rejects.toThrow(`${name} is missing`);
  });

  it('keeps, beyond its retention, nothing but what the kept base copies need', async () => {
    const backupDir = join(folder, 'pruned');
    cpSync(backups, backupDir, { recursive: true });
    const inside = join(backupDir, basename(archive));
    expect(pruneArchive(inside, 2).copies).toBe(0);
    const { copies, walFiles } = pruneArchive(inside, 1);
    expect([copies, walFiles > 0]).toEqual([1, true]);
    expect(pruneArchive(inside, 1)).toEqual({ copies: 0, walFiles: 0 });
    await expect(restore('from-pruned', { backupDir }).restored).resolves.toBeDefined();
    await expect(restore('too-early', { backupDir, at: marks.early[0]!.at }).restored).rejects.toThrow(
      /no earlier one to begin with/,
    );
  });
});

describe('a restore is refused', () => {
  it('into a folder that is not empty', async () => {
    await expect(restore('', {}).restored).rejects.toThrow('is not empty');
  });

  it('to an instant that is not archived, and names the last that is', async () => {
    const { target, restored } = restore('future', { at: end.at + 3_600_000 });
    await expect(restored).rejects.toThrow(/archive ends before .*: the last commit is of \d{4}-/);
    expect(existsSync(target)).toBe(false);
  });

  it('if the archive is not clear', async () => {
    const backupDir = join(folder, 'two');
    cpSync(archive, join(backupDir, 'first'), { recursive: true });
    cpSync(archive, join(backupDir, 'second'), { recursive: true });
    await expect(restore('one-of-two', { backupDir }).restored).rejects.toThrow(
      /several archives.*\n.*first.*\n.*second/s,
    );
    await expect(restore('third', { backupDir, from: 'third' }).restored).rejects.toThrow('third is neither');
    await expect(restore('empty', { backupDir: dataDir }).restored).rejects.toThrow('There is no folder');
  });
});

describe('a backup is refused', () => {
  it('while another is being taken', () => {
    expect(refusals.second).toBe('BackupError: A backup is being taken already');
  });

  it('if a page of the database is damaged on its disk, and the file is named', () => {
    expect(refusals.damaged).toMatch(
      /^BackupError: The database itself is damaged: .* in file "base\/\d+\/\d+", block 0/,
    );
    expect(readdirSync(baseFolderOf(archive))).toHaveLength(2);
  });

  it('if nothing gets to the archive, which readiness and the doctor report', () => {
    expect(refusals.notArchived).toMatch(/^BackupError: The write-ahead log does not get to the archive/);
    expect(stateWithoutArchive).toEqual({
      isProblem: true,
      words: expect.stringMatching(/^since .*, nothing gets to /),
    });
  });

  it('by a server without an archive', async () => {
    const database = connect(process.env.BARKEEP_TEST_DATABASE_URL!, { max: 1 });
    try {
      expect(await readArchiving(database.pool)).toBeNull();
      await expect(takeBackup(database.pool, { keep: 1 })).rejects.toThrow('start `npm start` with BACKUP_DIR');
    } finally {
      await database.close();
    }
  });
});
