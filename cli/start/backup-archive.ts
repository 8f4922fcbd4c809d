import { randomBytes } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import { utcDate } from '../../domain/calendars/dates.js';
import { readSecret } from '../lib/secret-file.js';
import { UserError } from '../lib/user-error.js';
import { writeAtomically } from '../lib/write-atomically.js';

const ID_BYTES = 3;

/**
 * The archive of a data folder in BACKUP_DIR. Its name is kept in the data folder, so that each data folder, a restored one too,
 * has an archive of its own.
 * @param dataDir absolute path
 * @throws UserError if BACKUP_DIR is in the data folder, and would be lost with it
 */
export function archiveOf(dataDir: string, backupDir: string, now = Date.now()): string {
  const absolute = resolve(backupDir);
  if (!relative(dataDir, absolute).startsWith('..'))
    throw new UserError(
      `BACKUP_DIR (${absolute}) is in the data folder ${dataDir}, and would be lost with it. Choose another folder, if ` +
        'possible on another disk.',
    );
  const file = join(dataDir, 'backup-archive');
  const known = readSecret(file);
  const name = known ?? `${utcDate(now)}-${randomBytes(ID_BYTES).toString('hex')}`;
  if (known === null) writeAtomically(file, name);
  return join(absolute, name);
}
