import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type pg from 'pg';
import { connectOnce } from '../client.js';
import { baseFolderOf, pruneArchive, readArchiving } from './archive.js';
import { aboutInJson, type BaseCopy, checkCopy, COPY_FILES, copyNameOf, readCopy } from './base-copy.js';
import { BaseCopyStream, type CopyProgress } from './base-copy-stream.js';
import { CHECKSUMS, checksumsOf } from './checksums.js';
import { BackupError, isOfSystem } from './errors.js';
import { syncFolder } from './wal-files.js';

/** A copy in progress; one of a process that was killed is deleted by the next. */
const UNFINISHED = 'unfinished-';

/** PostgreSQL says so after a minute, and would wait for ever. */
const STILL_WAITING = 'waiting for all required WAL segments to be archived';
const DAMAGED_PAGE = 'checksum verification failed';
const NO_ARCHIVE =
  'This PostgreSQL archives to no folder of Barkeep, so it cannot be backed up: start `npm start` with BACKUP_DIR. Your own ' +
  'PostgreSQL (DATABASE_URL) has tools of its own for it. See docs/backup.md';
const NOT_ARCHIVED =
  'The write-ahead log does not get to the archive, so nothing can be backed up. logs/postgres.log in DATA_DIR says why';

/** What comes along of the data folder (DATA_DIR): without its password, nobody can open the cluster. */
const OF_DATA_FOLDER = ['postgres-password', 'admin-token', 'read-token', 'closures.json'];

export interface BackupOptions {
  /** How many base copies to keep, at least 1. */
  keep: number;
  onProgress?: CopyProgress;
  /** Called when the copy is written, and read again to check it. */
  onCheck?: () => void;
  signal?: AbortSignal;
}

export interface TakenBackup {
  name: string;
  folder: string;
  /** Size of the cluster, uncompressed, and of the copy. */
  bytes: number;
  copyBytes: number;
  /** Deleted, because they are past the retention. */
  droppedCopies: number;
  /** Why what is past the retention could not be deleted; null if it was. The next backup tries again. */
  notPruned: string | null;
}

/**
 * Takes a base copy of a running server into its archive, checks what it wrote, and deletes what is past the retention. The copy
 * appears under its name only when it is complete, checked and on disk.
 * @throws BackupError if the server has no archive, or nothing gets there; or if a backup is being taken already
 */
export async function takeBackup(pool: pg.Pool, options: BackupOptions): Promise<TakenBackup> {
  const archiving = await readArchiving(pool);
  if (!archiving) throw new BackupError(NO_ARCHIVE);
  const { archive, failedAt } = archiving;
  if (failedAt) throw new BackupError(NOT_ARCHIVED);
  const client = await connectOnce({
    connectionString: pool.options.connectionString,
    application_name: 'barkeep-backup',
    replication: 'database', // so that it understands BASE_BACKUP
  } as pg.ClientConfig);
  const stop = () => void client.end();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(hashtext('backup')) as taken`);
    if (!rows[0]!.taken) throw new BackupError('A backup is being taken already');
    const base = baseFolderOf(archive);
    for (const name of readdirSync(base).filter((entry) => entry.startsWith(UNFINISHED)))
      rmSync(join(base, name), { recursive: true });
    const { name, bytes, copyBytes } = await writeCopy(client, base, options);
    return { name, folder: join(base, name), bytes, copyBytes, ...prune(archive, options.keep) };
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await client.end();
  }
}

/** The backup has succeeded, whether or not earlier ones can be deleted. */
function prune(archive: string, keep: number): Pick<TakenBackup, 'droppedCopies' | 'notPruned'> {
  try {
    return { droppedCopies: pruneArchive(archive, keep).copies, notPruned: null };
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return { droppedCopies: 0, notPruned: error.message };
  }
}

async function writeCopy(client: pg.Client, base: string, options: BackupOptions): Promise<BaseCopy> {
  const { startedAt, dataDirectory, ...server } = await readServer(client);
  const name = copyNameOf(startedAt);
  const draft = join(base, `${UNFINISHED}${name}`);
  const path = (file: string) => join(draft, file);
  mkdirSync(draft, { mode: 0o700 });
  try {
    const bytes = await receive(client, path, options);
    const finishedAt = (await readServer(client)).startedAt.toISOString();
    const platform = `${process.platform}-${process.arch}`;
    const about = { ...server, platform, startedAt: startedAt.toISOString(), finishedAt, bytes };
    write(path(COPY_FILES.about), aboutInJson(about));
    mkdirSync(path(COPY_FILES.dataFolder), { mode: 0o700 });
    for (const file of OF_DATA_FOLDER.map((one) => join(dirname(dataDirectory), one)).filter((one) => existsSync(one)))
      write(path(join(COPY_FILES.dataFolder, basename(file))), readFileSync(file));
    write(path(CHECKSUMS), await checksumsOf(draft));
    options.onCheck?.();
    const copy = readCopy(draft);
    await checkCopy(copy, { signal: options.signal });
    syncFolder(path(COPY_FILES.dataFolder));
    syncFolder(draft);
    renameSync(draft, join(base, name));
    syncFolder(base);
    return { ...copy, name, folder: join(base, name) };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

const write = (path: string, content: string | Buffer): void =>
  writeFileSync(path, content, { mode: 0o600, flush: true });

/** `startedAt` is now, by the database's clock. */
async function readServer(client: pg.Client) {
  const { rows } = await client.query<{
    startedAt: Date;
    dataDirectory: string;
    majorVersion: number;
    walSegmentBytes: number;
  }>(
    `select clock_timestamp() as "startedAt", current_setting('data_directory') as "dataDirectory",
      current_setting('server_version_num')::int / 10000 as "majorVersion",
      (select setting::int from pg_settings where name = 'wal_segment_size') as "walSegmentBytes"`,
  );
  return rows[0]!;
}

/** @returns the size of the cluster, in bytes */
async function receive(client: pg.Client, path: (file: string) => string, { onProgress }: BackupOptions) {
  let sent = 0;
  const copy = new BaseCopyStream((bytes, total) => {
    sent = bytes;
    onProgress?.(bytes, total);
  });
  const damaged: string[] = [];
  client.on('notice', ({ message = '' }) => {
    if (message.includes(STILL_WAITING)) copy.fail(new BackupError(NOT_ARCHIVED));
    if (message.includes(DAMAGED_PAGE)) damaged.push(message);
  });
  client.query(copy);
  const file = createWriteStream(path(COPY_FILES.tar), { mode: 0o600, flush: true });
  // an error of the server ends both
  const explained = (error: unknown): never => {
    throw damaged.length > 0 ? new BackupError(`The database itself is damaged: ${damaged.join('; ')}`) : error;
  };
  await pipeline(copy.tar, createZstdCompress(), file).catch(explained);
  const manifest = await copy.manifest.catch(explained);
  write(path(COPY_FILES.manifest), manifest);
  return sent;
}
