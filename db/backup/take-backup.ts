import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import type pg from 'pg';
import { connectOnce } from '../client.js';
import { baseOf, pruneArchive, readArchiving } from './archive.js';
import { aboutInJson, type BaseCopy, checkCopy, copiesIn, COPY_FILES, copyNameOf, readCopy } from './base-copy.js';
import { BaseCopyStream, type CopyProgress } from './base-copy-stream.js';
import { CHECKSUMS, checksumsOf } from './checksums.js';
import { BackupError, isOfSystem } from './errors.js';
import { openStore } from './open-store.js';
import type { Store } from './store.js';

/** PostgreSQL says so after a minute, and would wait for ever. */
const STILL_WAITING = 'waiting for all required WAL segments to be archived';
const DAMAGED_PAGE = 'checksum verification failed';
const NO_ARCHIVE =
  'This PostgreSQL has no archive of Barkeep, so it cannot be backed up: start `npm start` with BACKUP_DIR. Your own ' +
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
  /** An absolute path, or `s3://…`. */
  location: string;
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
  if (archiving.failedAt) throw new BackupError(NOT_ARCHIVED);
  const archive = await openStore(archiving.archive);
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
    const base = baseOf(archive);
    for (const name of (await copiesIn(base)).unfinished) await base.removeFolder(name);
    const { name, store, bytes, copyBytes } = await writeCopy(client, base, options);
    return { name, location: store.location, bytes, copyBytes, ...(await prune(archive, options.keep)) };
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await client.end();
  }
}

/** The backup has succeeded, whether or not earlier ones can be deleted. */
async function prune(archive: Store, keep: number): Promise<Pick<TakenBackup, 'droppedCopies' | 'notPruned'>> {
  try {
    return { droppedCopies: (await pruneArchive(archive, keep)).copies, notPruned: null };
  } catch (error) {
    if (!(error instanceof BackupError || isOfSystem(error))) throw error;
    return { droppedCopies: 0, notPruned: error.message };
  }
}

async function writeCopy(client: pg.Client, base: Store, options: BackupOptions): Promise<BaseCopy> {
  const { startedAt, dataDirectory, ...server } = await readServer(client);
  const name = copyNameOf(startedAt);
  const files = new HashedFiles(base, name);
  try {
    const bytes = await receive(client, files, options);
    const finishedAt = (await readServer(client)).startedAt.toISOString();
    const platform = `${process.platform}-${process.arch}`;
    const about = { ...server, platform, startedAt: startedAt.toISOString(), finishedAt, bytes };
    await files.write(COPY_FILES.about, Buffer.from(aboutInJson(about)));
    for (const file of OF_DATA_FOLDER) {
      const path = join(dirname(dataDirectory), file);
      if (existsSync(path)) await files.write(`${COPY_FILES.dataFolder}/${file}`, await readFile(path));
    }
    options.onCheck?.();
    const copy = await readCopy(base, name);
    const sums = checksumsOf(files.sha256);
    await checkCopy(copy, { sums, signal: options.signal });
    // from here on, it is complete
    await base.write(`${name}/${CHECKSUMS}`, sums);
    return copy;
  } catch (error) {
    await base.removeFolder(name).catch(() => undefined); // or the next backup does
    throw error;
  }
}

/** Writes files into a new folder, and keeps the SHA-256 of each, in hexadecimal, by its path in there. */
class HashedFiles {
  readonly sha256 = new Map<string, string>();
  private readonly store: Store;
  private readonly folder: string;

  constructor(store: Store, folder: string) {
    this.store = store;
    this.folder = folder;
  }

  async write(name: string, content: Buffer | AsyncIterable<Buffer>): Promise<void> {
    const hash = createHash('sha256');
    const hashed = async function* () {
      for await (const chunk of Buffer.isBuffer(content) ? [content] : content) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await this.store.write(`${this.folder}/${name}`, Readable.from(hashed(), { objectMode: false }));
    this.sha256.set(name, hash.digest('hex'));
  }
}

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
async function receive(client: pg.Client, files: HashedFiles, { onProgress }: BackupOptions): Promise<number> {
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
  // an error of the server ends both
  const explained = (error: unknown): never => {
    throw damaged.length > 0 ? new BackupError(`The database itself is damaged: ${damaged.join('; ')}`) : error;
  };
  const compressed = copy.tar.compose(createZstdCompress()) as AsyncIterable<Buffer>;
  await files.write(COPY_FILES.tar, compressed).catch(explained);
  await files.write(COPY_FILES.manifest, await copy.manifest.catch(explained));
  return sent;
}
