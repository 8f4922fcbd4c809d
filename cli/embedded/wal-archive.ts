import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bucketVariables } from '../../config/bucket-variables.js';
import { ARCHIVE_FOLDERS, ARCHIVE_SETTING } from '../../db/backup/archive.js';
import { isBucket } from '../../db/backup/store.js';
import { shellWord } from '../lib/shell-word.js';
import { UserError } from '../lib/user-error.js';
import { serverIds } from './server-user.js';

/** Together with the time that archiving a segment takes, less than the minute that may be lost. */
const ARCHIVE_TIMEOUT_S = 50;

/** Where a server archives its write-ahead log (WAL). */
export interface WalArchive {
  /** Absolute path, or `s3://…`. */
  location: string;
  /** What the program needs to open a bucket. */
  variables?: NodeJS.ProcessEnv;
  /** The program that archives a file, without its arguments. Default: ours. */
  program?: readonly string[];
}

/** With the secrets of a bucket only if it is one: whatever the server runs could read them. */
export const walArchive = (location: string, env: Parameters<typeof bucketVariables>[0]): WalArchive => ({
  location,
  variables: bucketVariables(isBucket(location) ? env : {}),
});

/** One of the programs of db/backup, as a command without its arguments. */
export const walProgram = (name: 'archive-wal' | 'fetch-wal'): readonly string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../db/backup/${name}.js`, import.meta.url)),
];

/**
 * Creates the folders of a new archive. If we are root, the server enters it as another user, and only its WAL is that user's.
 * One that is known is never created again: it would be on the disk below a mount point, and the real one would have a hole.
 * A bucket needs no folders.
 * @param location absolute path, or `s3://…`
 * @throws UserError if it cannot be created
 */
export function createArchive(location: string): void {
  if (isBucket(location)) return;
  const ids = serverIds();
  try {
    mkdirSync(location, { recursive: true, mode: ids ? 0o711 : 0o700 });
    for (const inside of Object.values(ARCHIVE_FOLDERS))
      mkdirSync(join(location, inside), { recursive: true, mode: 0o700 });
    if (ids) chownSync(join(location, ARCHIVE_FOLDERS.wal), ids.uid, ids.gid);
  } catch (error) {
    throw new UserError(
      `Cannot use BACKUP_DIR: ${(error as Error).message}. Is its disk mounted? Correct it, or unset it to start without backups.`,
    );
  }
}

/** Whether the folders of an archive are there: without its disk, they are not. A bucket is asked when it is needed. */
export const hasArchive = (location: string): boolean =>
  isBucket(location) || Object.values(ARCHIVE_FOLDERS).every((inside) => existsSync(join(location, inside)));

/** The settings with which a server archives its WAL. While the archive is missing, it keeps the WAL and tries again. */
export const archiveSettings = ({ location, program = walProgram('archive-wal') }: WalArchive) => ({
  archive_mode: 'on',
  archive_timeout: `${ARCHIVE_TIMEOUT_S}s`,
  archive_command: walCommand(program, `${location}/${ARCHIVE_FOLDERS.wal}`),
  [ARCHIVE_SETTING]: location,
});

/** A command line for PostgreSQL, which replaces %p by the path of a file of the WAL, and %f by its name. */
export const walCommand = (program: readonly string[], place: string): string =>
  `${[...program, place].map(quoted).join(' ')} "%p" "%f"`;

/** For the shell that reads it after PostgreSQL has replaced each %% by %. */
const quoted = (word: string): string => shellWord(word).replaceAll('%', '%%');
