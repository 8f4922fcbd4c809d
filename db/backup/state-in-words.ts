import { statfs } from 'node:fs/promises';
import type { Queryable } from '../client.js';
import { bytesInWords } from '../../domain/bytes-in-words.js';
import { counted } from '../../domain/in-words.js';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { newestCopyOf, readArchiving, readWaitingWal } from './archive.js';
import { takenAt } from './base-copy.js';
import { BackupError } from './errors.js';
import { isBucket } from './store.js';

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
  if (failedAt) {
    const since = lastArchivedAt ?? failedAt;
    return problem(
      `since ${since.toISOString()}, nothing gets to ${archive}: logs/postgres.log says why. ` +
        (await waitingInWords(db, now - since.getTime())),
    );
  }
  let newest: string | undefined;
  try {
    newest = await knownNewestCopy(archive, now);
  } catch (error) {
    const reason = error instanceof BackupError ? error.message : (error as NodeJS.ErrnoException).code;
    return problem(`${archive} cannot be read (${reason})`);
  }
  if (newest === undefined) return late(`there is no base copy in ${archive} yet: npm run backup takes one`);
  const words = `newest base copy ${newest}${lastArchivedAt ? `, archived up to ${lastArchivedAt.toISOString()}` : ''}`;
  return now - takenAt(newest) > LATE_MS ? late(`${words}: a daily one is late`) : { words, isProblem: false };
}

/** For so long, a bucket is not asked again: readiness and the alerts are, every minute, and each request costs. */
const REMEMBERED_MS = 5 * MINUTE;
const remembered = new Map<string, { newest: string; until: number }>();

async function knownNewestCopy(archive: string, now: number): Promise<string | undefined> {
  const known = remembered.get(archive);
  if (known && now < known.until) return known.newest;
  const newest = await newestCopyOf(archive);
  if (isBucket(archive) && newest !== undefined) remembered.set(archive, { newest, until: now + REMEMBERED_MS });
  return newest;
}

/** Such as "Meanwhile 1.2 GB of write-ahead log wait in DATA_DIR: at this rate, its disk is full in about 9 days". */
async function waitingInWords(db: Queryable, elapsedMs: number): Promise<string> {
  const { bytes, dataDirectory } = await readWaitingWal(db);
  const { bavail, bsize } = await statfs(dataDirectory);
  const days = (bavail * bsize * Math.max(elapsedMs, MINUTE)) / Math.max(bytes, 1) / DAY;
  const full = days < 1 ? 'in less than a day' : `in about ${counted(Math.floor(days), 'day')}`;
  return `Meanwhile ${bytesInWords(bytes)} of write-ahead log wait in DATA_DIR: at this rate, its disk is full ${full}`;
}

const problem = (words: string): BackupState => ({ words, isProblem: true });
const late = (words: string): BackupState => ({ ...problem(words), isLate: true });
