import type { Queryable } from '../client.js';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BaseCopy, checkCopy, copyFolders, readCopy } from './base-copy.js';
import { BackupError, DamagedError } from './errors.js';
import { archivedWal, isIntact } from './wal-files.js';
import { isSegment, segmentAfter } from './wal-segments.js';

/**
 * A setting of ours that the embedded server is started with: the absolute path of its archive. A server without it archives
 * to no folder that we know of.
 */
export const ARCHIVE_SETTING = 'barkeep.archive';

/**
 * An archive holds the base copies of one data folder, and its write-ahead log (WAL) since it began to be archived. A data folder
 * that is restored begins an archive of its own, so no archive ever has two futures.
 */
export const baseFolderOf = (archive: string): string => join(archive, 'base');
export const walFolderOf = (archive: string): string => join(archive, 'wal');

/** How the server's WAL gets to its archive. */
export interface Archiving {
  /** Absolute path. */
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

/** The archives in BACKUP_DIR, by name. @throws BackupError if there is no such folder */
export function archivesIn(backupDir: string): string[] {
  if (!existsSync(backupDir)) throw new BackupError(`There is no folder ${backupDir} (BACKUP_DIR)`);
  return readdirSync(backupDir)
    .sort()
    .map((name) => join(backupDir, name))
    .filter((folder) => existsSync(baseFolderOf(folder)) && existsSync(walFolderOf(folder)));
}

/** What the base copies of an archive say about themselves, oldest first, and why others cannot be read. */
export function readCopies(folders: readonly string[]): { copies: BaseCopy[]; unreadable: BackupError[] } {
  const copies: BaseCopy[] = [];
  const unreadable: BackupError[] = [];
  for (const folder of folders) {
    try {
      copies.push(readCopy(folder));
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      unreadable.push(error);
    }
  }
  return { copies, unreadable };
}

/** When the last segment was archived, by the clock of the machine that wrote it; null if there is none. */
export function archivedUntil(archive: string): Date | null {
  const last = [...archivedWal(walFolderOf(archive))].findLast(([name]) => isSegment(name));
  return last ? statSync(last[1]).mtime : null;
}

/** The WAL that follows a base copy, as far as it is whole. */
export interface FollowingWal {
  /** The archived files, by the names of their segments, in order. */
  segments: Map<string, string>;
  /** The end of the last one, epoch ms, by the clock of the machine that wrote it. */
  endsAt: number | null;
  /** The first file that is damaged or missing; null if all that is archived is whole. */
  fault: DamagedError | null;
}

/**
 * Checks every byte of the WAL that follows a base copy, up to the first fault.
 * @param isWhole whether an archived file is, if that is known already
 */
export function walAfter(archive: string, copy: BaseCopy, isWhole = isIntact): FollowingWal {
  const archived = archivedWal(walFolderOf(archive));
  const last = [...archived.keys()].filter(isSegment).at(-1) ?? '';
  const segments = new Map<string, string>();
  let endsAt: number | null = null;
  let name = copy.firstSegment;
  for (; name <= last; name = segmentAfter(name, copy.walSegmentBytes)) {
    const file = archived.get(name);
    if (file === undefined)
      return { segments, endsAt, fault: new DamagedError(walFolderOf(archive), `the segment ${name} is missing`) };
    if (!isWhole(file)) return { segments, endsAt, fault: damagedWal(file) };
    segments.set(name, file);
    endsAt = statSync(file).mtimeMs;
  }
  const isComplete = segments.has(copy.lastSegment);
  const fault = isComplete
    ? null
    : new DamagedError(walFolderOf(archive), `the segment ${name}, which ${copy.name} needs, is missing`);
  return { segments, endsAt, fault };
}

const damagedWal = (file: string): DamagedError => new DamagedError(file, 'its checksum is not that of its name');

/** Checks every byte of an archive. @returns what is damaged, or missing, in words */
export async function checkArchive(archive: string, onCopy: (name: string) => void): Promise<string[]> {
  const damaged = new Set([...archivedWal(walFolderOf(archive)).values()].filter((file) => !isIntact(file)));
  const faults = new Set([...damaged].map((file) => damagedWal(file).message));
  const folders = copyFolders(baseFolderOf(archive));
  if (folders.length === 0) faults.add(`${archive} has no base copy, so nothing can be restored from it`);
  for (const folder of folders) {
    onCopy(basename(folder));
    try {
      const copy = readCopy(folder);
      await checkCopy(copy);
      const { fault } = walAfter(archive, copy, (file) => !damaged.has(file));
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
export function pruneArchive(archive: string, keep: number): { copies: number; walFiles: number } {
  const folders = copyFolders(baseFolderOf(archive));
  const oldest = readCopies(folders).copies.at(-keep);
  if (!oldest) return { copies: 0, walFiles: 0 };
  const dropped = folders.filter((folder) => folder < oldest.folder);
  for (const folder of dropped) rmSync(folder, { recursive: true });
  const unneeded = [...archivedWal(walFolderOf(archive))].filter(([name]) => name < oldest.firstSegment);
  for (const [, file] of unneeded) rmSync(file);
  return { copies: dropped.length, walFiles: unneeded.length };
}
