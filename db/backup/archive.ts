import pTimeout from 'p-timeout';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import type { Queryable } from '../client.js';
import { type BaseCopy, checkCopy, copiesIn, newestCopy, readCopy, takenAt } from './base-copy.js';
import { BackupError, DamagedError, isOfSystem } from './errors.js';
import { openStore } from './open-store.js';
import { isBucket, locationOf, type Store } from './store.js';
import { archivedWal, isIntact } from './wal-files.js';
import { isSegment, segmentAfter } from './wal-segments.js';

/**
 * A setting of ours that the embedded server is started with: its archive, an absolute path or `s3://…`. A server without it
 * archives to no place that we know of.
 */
export const ARCHIVE_SETTING = 'barkeep.archive';

/**
 * An archive holds the base copies of one data folder, and its write-ahead log (WAL) since it began to be archived. A data folder
 * that is restored begins an archive of its own, so no archive ever has two futures.
 */
export const ARCHIVE_FOLDERS = { base: 'base', wal: 'wal' } as const;
export const baseOf = (archive: Store): Store => archive.in(ARCHIVE_FOLDERS.base);
export const walOf = (archive: Store): Store => archive.in(ARCHIVE_FOLDERS.wal);

/** How the server's WAL gets to its archive. */
export interface Archiving {
  /** An absolute path, or `s3://…`. */
  archive: string;
  /** When the last file was archived. */
  lastArchivedAt: Date | null;
  /** Since then, nothing could be archived. */
  failedAt: Date | null;
}

/** Null if the server has no archive. */
export async function readArchiving(db: Queryable): Promise<Archiving | null> {
  const { rows } = await db.query<Omit<Archiving, 'archive'> & { archive: string | null }>(
    `select nullif(current_setting('${ARCHIVE_SETTING}', true), '') as archive, last_archived_time as "lastArchivedAt",
      case when last_failed_time > coalesce(last_archived_time, '-infinity') then last_failed_time end as "failedAt"
      from pg_stat_archiver`,
  );
  const { archive, ...rest } = rows[0]!;
  return archive === null ? null : { archive, ...rest };
}

/** The WAL that is yet to be archived, and takes up disk space until then. */
export interface WaitingWal {
  bytes: number;
  /** The folder in which the server keeps its data; absolute path. */
  dataDirectory: string;
}

export async function readWaitingWal(db: Queryable): Promise<WaitingWal> {
  const { rows } = await db.query<WaitingWal>(
    `select (count(*) * pg_size_bytes(current_setting('wal_segment_size')))::float8 as bytes,
      current_setting('data_directory') as "dataDirectory"
      from pg_ls_archive_statusdir() where name like '%.ready'`,
  );
  return rows[0]!;
}

/** The archives in BACKUP_DIR, by name. @throws BackupError if there is no such place */
export async function archivesIn(backups: Store): Promise<string[]> {
  const folders = await foldersIn(backups).catch((error: unknown) => {
    if (!isOfSystem(error) || error.code !== 'ENOENT') throw error;
    throw new BackupError(`There is no folder ${backups.location} (BACKUP_DIR)`);
  });
  const isArchive = await Promise.all(folders.map(async (name) => holdsArchive(backups.in(name))));
  return folders.filter((_, i) => isArchive[i]);
}

/** Not what belongs to the disk (lost+found) or to another user, and not what was deleted meanwhile. */
async function holdsArchive(folder: Store): Promise<boolean> {
  try {
    const inside = await foldersIn(folder);
    // a bucket has no empty folders
    const needed = isBucket(folder.location) ? [ARCHIVE_FOLDERS.wal] : Object.values(ARCHIVE_FOLDERS);
    return needed.every((name) => inside.includes(name));
  } catch (error) {
    if (isOfSystem(error) && ['EACCES', 'EPERM', 'ENOENT'].includes(error.code!)) return false;
    throw error;
  }
}

const foldersIn = async (store: Store): Promise<string[]> =>
  (await store.list()).flatMap(({ name, isFolder }) => (isFolder ? [name] : []));

/** Whoever asks for the newest copy goes on without the answer. */
const ANSWER_MS = 10 * SECOND;

/** The name of the newest base copy; undefined if there is none. @throws BackupError if the archive does not answer */
export async function newestCopyOf(archive: string, milliseconds = ANSWER_MS): Promise<string | undefined> {
  const newest = newestCopy(baseOf(await openStore(archive)));
  return pTimeout(newest, { milliseconds, message: new BackupError(`${archive} does not answer`) });
}

/** What the base copies of an archive say about themselves, oldest first, and why others cannot be read. */
export async function readCopies(
  base: Store,
  names: readonly string[],
): Promise<{ copies: BaseCopy[]; unreadable: BackupError[] }> {
  const copies: BaseCopy[] = [];
  const unreadable: BackupError[] = [];
  for (const name of names) {
    try {
      copies.push(await readCopy(base, name));
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      unreadable.push(error);
    }
  }
  return { copies, unreadable };
}

/** When the last segment was archived, by the clock of the machine that keeps it; null if there is none. */
export async function archivedUntil(archive: Store): Promise<Date | null> {
  const last = [...(await archivedWal(walOf(archive)))].findLast(([name]) => isSegment(name));
  return last ? last[1].modifiedAt : null;
}

/** The WAL that follows a base copy, as far as it is whole. */
export interface FollowingWal {
  /** The archived files, by the names of their segments, in order. */
  segments: Map<string, string>;
  /** The end of the last one, epoch ms, by the clock of the machine that keeps it. */
  endsAt: number | null;
  /** The first file that is damaged or missing; null if all that is archived is whole. */
  fault: DamagedError | null;
}

/** Something is committed in this time, and an instant is reached only with a commit after it. */
const COMMITS_WITHIN_MS = HOUR;

/**
 * The segment with which the WAL leads beyond an instant: the last of a base copy that was begun later. When a segment was
 * archived does not tell, as the archive may have been out of reach.
 * @returns undefined if there is no such copy: all WAL is needed
 */
export async function segmentBeyond(archive: Store, at: number): Promise<string | undefined> {
  const base = baseOf(archive);
  const later = (await copiesIn(base)).names.filter((name) => takenAt(name) > at + COMMITS_WITHIN_MS);
  return (await readCopies(base, later)).copies[0]?.lastSegment;
}

/**
 * Checks every byte of the WAL that follows a base copy, up to the first fault.
 * @param isWhole whether an archived file is, if that is known already, or if something else is to be done with it as well
 * @param upTo the last segment to check; default: the last of the archive
 */
export async function walAfter(
  archive: Store,
  copy: BaseCopy,
  isWhole: (wal: Store, file: string) => Promise<boolean> = isIntact,
  upTo?: string,
): Promise<FollowingWal> {
  const wal = walOf(archive);
  const archived = await archivedWal(wal);
  const last = [...archived.keys()].filter((name) => isSegment(name) && (!upTo || name <= upTo)).at(-1) ?? '';
  const segments = new Map<string, string>();
  let endsAt: number | null = null;
  let name = copy.firstSegment;
  for (; name <= last; name = segmentAfter(name, copy.walSegmentBytes)) {
    const file = archived.get(name);
    if (file === undefined)
      return { segments, endsAt, fault: new DamagedError(wal.location, `the segment ${name} is missing`) };
    if (!(await isWhole(wal, file.name))) return { segments, endsAt, fault: damagedWal(wal, file.name) };
    segments.set(name, file.name);
    endsAt = file.modifiedAt!.getTime();
  }
  const isComplete = segments.has(copy.lastSegment);
  const fault = isComplete
    ? null
    : new DamagedError(wal.location, `the segment ${name}, which ${copy.name} needs, is missing`);
  return { segments, endsAt, fault };
}

const damagedWal = (wal: Store, file: string): DamagedError =>
  new DamagedError(locationOf(wal, file), 'its checksum is not that of its name');

/** Checks every byte of an archive. @returns what is damaged, or missing, in words */
export async function checkArchive(archive: Store, onCopy: (name: string) => void): Promise<string[]> {
  const [wal, base] = [walOf(archive), baseOf(archive)];
  const damaged = new Set<string>();
  for (const { name } of (await archivedWal(wal)).values()) if (!(await isIntact(wal, name))) damaged.add(name);
  const faults = new Set([...damaged].map((file) => damagedWal(wal, file).message));
  const { names } = await copiesIn(base);
  if (names.length === 0) faults.add(`${archive.location} has no base copy, so nothing can be restored from it`);
  for (const name of names) {
    onCopy(name);
    try {
      const copy = await readCopy(base, name);
      await checkCopy(copy);
      const { fault } = await walAfter(archive, copy, async (_, file) => Promise.resolve(!damaged.has(file)));
      if (fault) faults.add(fault.message);
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      faults.add(error.message);
    }
  }
  return [...faults];
}

/**
 * Deletes what is older than the newest base copies of an archive: other copies, and the WAL that none of these needs. A copy
 * that cannot be read does not count, so that damage never shortens the retention.
 * @param keep how many base copies to keep, at least 1
 */
export async function pruneArchive(archive: Store, keep: number): Promise<{ copies: number; walFiles: number }> {
  const [wal, base] = [walOf(archive), baseOf(archive)];
  const { names } = await copiesIn(base);
  const oldest = (await readCopies(base, names)).copies.at(-keep);
  if (!oldest) return { copies: 0, walFiles: 0 };
  const dropped = names.filter((name) => name < oldest.name);
  for (const name of dropped) await base.removeFolder(name);
  const unneeded = [...(await archivedWal(wal))].filter(([name]) => name < oldest.firstSegment);
  for (const [, { name }] of unneeded) await wal.remove(name);
  const isDraft = /\.tmp$/; // of an archiver that was killed
  for (const { name } of await wal.list()) if (isDraft.test(name) && name < oldest.firstSegment) await wal.remove(name);
  return { copies: dropped.length, walFiles: unneeded.length };
}
