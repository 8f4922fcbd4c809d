import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { copyNameOf } from '../../db/backup/base-copy.js';
import { isBucket } from '../../db/backup/store.js';
import { createArchive, hasArchive } from '../embedded/wal-archive.js';
import { readSecret } from '../lib/secret-file.js';
import { UserError } from '../lib/user-error.js';
import { writeAtomically } from '../lib/write-atomically.js';

const ID_BYTES = 3;

const fileOf = (dataDir: string): string => join(dataDir, 'backup-archive');

/** The archive that a data folder had at its last start; null if it had none. */
export const knownArchive = (dataDir: string): string | null => readSecret(fileOf(dataDir));

/** An absolute path, or `s3://…` without a slash at its end. @param backupDir BACKUP_DIR */
export const backupLocation = (backupDir: string): string =>
  isBucket(backupDir) ? backupDir.replace(/\/+$/, '') : resolve(backupDir);

/**
 * The place of an archive, and its name there.
 * @param archive an absolute path, or `s3://…`
 */
export function placeOf(archive: string): { backups: string; name: string } {
  const slash = archive.lastIndexOf('/');
  return { backups: archive.slice(0, slash), name: archive.slice(slash + 1) };
}

/**
 * The archive of a data folder. Its path is kept in the data folder, so that each data folder, a restored one too, has an
 * archive of its own; it is created here. A start that does not archive to it ends it: it would have a hole.
 * @param dataDir absolute path
 * @param backupDir BACKUP_DIR; undefined: no backups
 * @returns an absolute path or `s3://…`, or null if there are no backups
 * @throws UserError if BACKUP_DIR is in the data folder, and would be lost with it; or if the archive is missing
 */
export function archiveOf(dataDir: string, backupDir: string | undefined, now = Date.now()): string | null {
  const file = fileOf(dataDir);
  if (backupDir === undefined) {
    rmSync(file, { force: true });
    return null;
  }
  const folder = backupLocation(backupDir);
  if (!isBucket(folder) && !relative(dataDir, folder).startsWith('..'))
    throw new UserError(
      `BACKUP_DIR (${folder}) is in the data folder ${dataDir}, and would be lost with it. Choose another folder, if ` +
        'possible on another disk.',
    );
  const known = knownArchive(dataDir);
  if (known !== null && placeOf(known).backups === folder) {
    if (hasArchive(known)) return known;
    throw new UserError(
      `The backups of this data folder are in ${known}, which is missing. Is the disk of BACKUP_DIR mounted? Mount it, and ` +
        `start again. If they are lost, delete ${file}: the next start begins a new archive.`,
    );
  }
  const archive = `${folder}/${copyNameOf(new Date(now))}-${randomBytes(ID_BYTES).toString('hex')}`;
  createArchive(archive);
  writeAtomically(file, archive);
  return archive;
}
