import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ARCHIVE_SETTING, baseFolderOf, walFolderOf } from '../../db/backup/archive.js';
import { shellWord } from '../lib/shell-word.js';
import { UserError } from '../lib/user-error.js';
import { serverIds } from './server-user.js';

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
 * Creates the folders of a new archive. If we are root, the server enters it as another user, and only its WAL is that user's.
 * One that is known is never created again: it would be on the disk below a mount point, and the real one would have a hole.
 * @throws UserError if it cannot be created
 */
export function createArchive(folder: string): void {
  const ids = serverIds();
  try {
    mkdirSync(folder, { recursive: true, mode: ids ? 0o711 : 0o700 });
    for (const inside of [baseFolderOf(folder), walFolderOf(folder)])
      mkdirSync(inside, { recursive: true, mode: 0o700 });
    if (ids) chownSync(walFolderOf(folder), ids.uid, ids.gid);
  } catch (error) {
    throw new UserError(
      `Cannot use BACKUP_DIR: ${(error as Error).message}. Is its disk mounted? Correct it, or unset it to start without backups.`,
    );
  }
}

/** Whether the folders of an archive are there: without its disk, they are not. */
export const hasArchive = (folder: string): boolean =>
  [baseFolderOf(folder), walFolderOf(folder)].every((inside) => existsSync(inside));

/** The settings with which a server archives its WAL. While the archive is missing, it keeps the WAL and tries again. */
export const archiveSettings = ({ folder, program = walProgram('archive-wal') }: WalArchive) => ({
  archive_mode: 'on',
  archive_timeout: `${ARCHIVE_TIMEOUT_S}s`,
  archive_command: walCommand(program, walFolderOf(folder)),
  [ARCHIVE_SETTING]: folder,
});

/** A command line for PostgreSQL, which replaces %p by the path of a file of the WAL, and %f by its name. */
export const walCommand = (program: readonly string[], folder: string): string =>
  `${[...program, folder].map(quoted).join(' ')} "%p" "%f"`;

/** For the shell that reads it after PostgreSQL has replaced each %% by %. */
const quoted = (word: string): string => shellWord(word).replaceAll('%', '%%');
