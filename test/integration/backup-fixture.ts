import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type pg from 'pg';
import { ensureDatabase, type PostgresServer, startPostgres } from '../../cli/embedded/postgres.js';
import { createArchive } from '../../cli/embedded/wal-archive.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { claimDataFolder } from '../../cli/start/data-folder.js';
import { DATABASE_OF } from '../../cli/start/market.js';
import { ARCHIVE_FOLDERS, readArchiving, walOf } from '../../db/backup/archive.js';
import { copyNameOf } from '../../db/backup/base-copy.js';
import { FolderStore } from '../../db/backup/folder-store.js';
import { type BackupState, backupState } from '../../db/backup/state-in-words.js';
import type { Store } from '../../db/backup/store.js';
import { takeBackup } from '../../db/backup/take-backup.js';
import { archivedWal } from '../../db/backup/wal-files.js';
import { connect, connectOnce, type Database } from '../../db/client.js';
import { migrate } from '../../db/migrate.js';
import { claimInstance } from '../../db/repositories/upkeep/instance.js';
import { asRole } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';
import { temporaryFolder } from '../environment/temporary-folder.js';
import { casesOf } from '../long-tests.js';

const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** The programs that PostgreSQL calls, from their sources. */
export const walProgram = (name: string) => [
  ...[process.execPath, '--import', source('test/environment/typescript.mjs')],
  source(`db/backup/${name}.ts`),
];
export const baseFolderOf = (archive: string): string => join(archive, ARCHIVE_FOLDERS.base);
export const walFolderOf = (archive: string): string => join(archive, ARCHIVE_FOLDERS.wal);
/** Fast and unsafe. */
export const FAST = { fsync: 'off' };

/** What the database held at an instant. */
export interface Mark {
  at: number;
  rows: string;
}

/** Backups of a server that is gone. */
export interface Backups {
  /** BACKUP_DIR, and the only archive in it. */
  folder: string;
  archive: string;
  /** After the first base copy and before the second. */
  early: Mark[];
  /** After the second one. */
  late: Mark[];
  end: Mark;
  /** Of the second one, while a file of the WAL could not be deleted. */
  notPruned: string | null;
  /** Why further backups were not taken. */
  refusals: { second: string; damaged: string; notArchived: string };
  stateWithoutArchive: BackupState;
}

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

  /** Between two rows, in a segment of the WAL that begins with it. */
  async mark(): Promise<Mark> {
    const client = await this.client;
    return this.next(async () => {
      await client.query('select pg_switch_wal()');
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

export async function rowsOf(client: pg.Client | pg.Pool): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(
    `select count(*) || ' ' || md5(string_agg(id || ' ' || at || content, ',' order by id)) as digest from written`,
  );
  return rows[0]!.digest;
}

/** Writes without a pause while two base copies are taken, then kills the server and deletes its data. */
export async function makeBackups(): Promise<Backups> {
  const root = temporaryFolder();
  const dataDir = join(root, 'data');
  const folder = join(root, "the manager's 100 % backups");
  const archive = join(folder, '2026-11-30T09-00-00Z-1f3a9c');
  claimDataFolder(dataDir);
  writeFileSync(join(dataDir, 'closures.json'), '[]');
  for (const name of ['admin-token', 'read-token']) writeFileSync(join(dataDir, name), `the-${name}`);
  createArchive(archive);
  const server = await startPostgres({
    dataDir,
    logFile: new LogFile(join(root, 'postgres.log')),
    archive: { location: archive, program: walProgram('archive-wal') },
    settings: FAST,
  });
  const url = server.url(DATABASE_OF.sandbox);
  const opened: Database[] = [];
  try {
    await ensureDatabase(server, DATABASE_OF.sandbox);
    await migrate(url, { worker: asRole(url, 'worker'), api: asRole(url, 'api') });
    const databases = {
      owner: connect(url, { max: 2 }),
      worker: connect(asRole(url, 'worker'), { max: 2 }),
      api: connect(asRole(url, 'api'), { max: 1 }),
    };
    opened.push(...Object.values(databases));
    const pools = { owner: databases.owner.pool, worker: databases.worker.pool, api: databases.api.pool };
    const contents = await fill(pools, url, archive);
    const damaged = await withDamagedTable(pools, dataDir);
    return {
      folder,
      archive,
      ...contents,
      ...(await withoutArchive(pools, archive, { ...contents.refusals, damaged })),
    };
  } finally {
    await Promise.all(opened.map((database) => database.close()));
    await kill(server);
    rmSync(dataDir, { recursive: true });
  }
}

/** The worker takes backups, and the API says how they are; the owner does the rest. */
type Pools = Record<'owner' | 'worker' | 'api', pg.Pool>;

async function fill({ owner: pool, worker }: Pools, url: string, archive: string) {
  await claimInstance(pool, { mode: 'sandbox', providers: {}, clockOffset: 0 });
  await pool.query(
    `create table written (id serial primary key, at timestamptz default clock_timestamp(),
      content text default repeat(md5(random()::text), 20))`,
  );
  const writer = new Writer(url);
  const marks = async () => {
    const made: Mark[] = [];
    for (let i = 0; i < casesOf(5, 1); i++) made.push(await writer.mark());
    return made;
  };
  const [{ name }, second] = await Promise.all([
    takeBackup(worker, { keep: 2 }),
    // once the first has begun
    eventually(() => expect(readdirSync(baseFolderOf(archive))).toHaveLength(1)).then(() => whyRefused(worker)),
  ]);
  const early = await marks();
  await eventually(() => expect(copyNameOf(new Date()) > name).toBe(true));
  const stuck = join(walFolderOf(archive), `${'0'.repeat(24)}.${'0'.repeat(16)}.zst`);
  mkdirSync(stuck);
  const { notPruned } = await takeBackup(worker, { keep: 2 });
  rmdirSync(stuck);
  const late = await marks();
  await writer.mark();
  await writer.stop();
  const end = { at: Date.now(), rows: await rowsOf(pool) };
  await untilArchived(pool, new FolderStore(archive));
  return { early, late, end, notPruned, refusals: { second } };
}

/** Archives what has been written so far. */
export async function untilArchived(pool: pg.Pool, archive: Store): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('select pg_walfile_name(pg_switch_wal()) as name');
  await eventually(async () => expect([...(await archivedWal(walOf(archive))).keys()]).toContain(rows[0]!.name));
}

const whyRefused = (pool: pg.Pool): Promise<string> =>
  takeBackup(pool, { keep: 2 }).then(
    () => 'taken',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** Why no backup is taken while a byte of a table on disk is another. */
async function withDamagedTable({ owner: pool, worker }: Pools, dataDir: string): Promise<string> {
  await pool.query(`create table damaged as select repeat('x', 1000) as content from generate_series(1, 20)`);
  await pool.query('checkpoint');
  const { rows } = await pool.query<{ path: string }>(`select pg_relation_filepath('damaged') as path`);
  const file = join(dataDir, 'postgres', rows[0]!.path);
  const content = readFileSync(file);
  content[8_000]! ^= 1;
  writeFileSync(file, content);
  const refusal = await whyRefused(worker);
  await pool.query('drop table damaged');
  return refusal;
}

/** While the folder of the archive cannot be written, as if its disk were gone. */
async function withoutArchive(pools: Pools, archive: string, others: Omit<Backups['refusals'], 'notArchived'>) {
  const { owner: pool, worker, api } = pools;
  const wal = walFolderOf(archive);
  renameSync(wal, `${wal}-gone`);
  await pool.query('create table more as select 1; select pg_switch_wal()');
  await eventually(async () => expect((await readArchiving(pool))!.failedAt).not.toBeNull());
  const refusals = { ...others, notArchived: await whyRefused(worker) };
  const stateWithoutArchive = await backupState(api, Date.now());
  renameSync(`${wal}-gone`, wal);
  return { refusals, stateWithoutArchive };
}

export async function kill(server: PostgresServer): Promise<void> {
  process.kill(-server.pid, 'SIGKILL');
  await server.exited;
}
