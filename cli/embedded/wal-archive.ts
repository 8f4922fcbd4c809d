import { chownSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ARCHIVE_SETTING, baseFolderOf, walFolderOf } from '../../db/backup/archive.js';
import { UserError } from '../lib/user-error.js';
import type { ServerUser } from './server-user.js';

/** Together with the time that archiving a segment takes, less than the minute that may be lost. */
const ARCHIVE_TIMEOUT_S = 50;

/** Where a server archives its write-ahead log (WAL). */
export interface WalArchive {
  /** Absolute path. */
  folder: string;
  /** The program that archives a file, without its arguments. Default: ours. */
  program?: readonly string[];
}

/** One of the programs of db/backup, as a command without its arguments. */
export const walProgram = (name: 'archive-wal' | 'fetch-wal'): readonly string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../db/backup/${name}.js`, import.meta.url)),
];

/**
 * Creates the folders of an archive. If we are root, the server enters it as another user, and only its WAL is that user's.
 * @throws UserError if it cannot be created
 */
export function createArchive(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    for (const inside of [baseFolderOf(folder), walFolderOf(folder)])
      mkdirSync(inside, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(
      `Cannot use BACKUP_DIR: ${(error as Error).message}. Is its disk mounted? Correct it, or unset it to start without backups.`,
    );
  }
}

/** The settings with which a server archives its WAL. */
export function archiveSettings({ folder, program = walProgram('archive-wal') }: WalArchive, user: ServerUser) {
  const wal = walFolderOf(folder);
  if (user.ids) chownSync(wal, user.ids.uid, user.ids.gid);
  return {
    archive_mode: 'on',
    archive_timeout: `${ARCHIVE_TIMEOUT_S}s`,
    archive_command: walCommand(program, wal),
    [ARCHIVE_SETTING]: folder,
  };
}

/** A command line for PostgreSQL, which replaces %p by the path of a file of the WAL, and %f by its name. */
export const walCommand = (program: readonly string[], folder: string): string =>
  `${[...program, folder].map(quoted).join(' ')} "%p" "%f"`;

/** A word of a command line that a POSIX shell reads, after PostgreSQL has replaced each %% by %. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`).replaceAll('%', '%%')}'`;
