import { basename } from 'node:path';
import type { Queryable } from '../client.js';
import { DAY } from '../../domain/timeframe.js';
import { baseFolderOf, readArchiving } from './archive.js';
import { copyFolders, takenAt } from './base-copy.js';

/** One is taken each day; after so long, one has failed and so have its retries. */
const LATE_MS = 2 * DAY;

export interface BackupState {
  words: string;
  /** Whether someone has to see to it. To have no backups at all is a decision, and no problem. */
  isProblem: boolean;
  /** The problem is only that the daily base copy is late: the write-ahead log gets to the archive. */
  isLate?: true;
}

/** How the backups of a database are. @param now wall clock, epoch ms */
export async function backupState(db: Queryable, now: number): Promise<BackupState> {
  const archiving = await readArchiving(db);
  if (!archiving) return { words: 'none that Barkeep takes: see docs/backup.md', isProblem: false };
  const { archive, lastArchivedAt, failedAt } = archiving;
  if (failedAt)
    return problem(
      `since ${(lastArchivedAt ?? failedAt).toISOString()}, nothing gets to ${archive}: logs/postgres.log says why. Until it ` +
        'does, the write-ahead log takes up disk space in DATA_DIR',
    );
  let newest: string | undefined;
  try {
    newest = copyFolders(baseFolderOf(archive)).at(-1);
  } catch (error) {
    return problem(`${archive} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (newest === undefined) return late(`there is no base copy in ${archive} yet: npm run backup takes one`);
  const words = `newest base copy ${basename(newest)}${lastArchivedAt ? `, archived up to ${lastArchivedAt.toISOString()}` : ''}`;
  return now - takenAt(newest) > LATE_MS ? late(`${words}: a daily one is late`) : { words, isProblem: false };
}

const problem = (words: string): BackupState => ({ words, isProblem: true });
const late = (words: string): BackupState => ({ ...problem(words), isLate: true });
