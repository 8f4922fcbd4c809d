import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { newestCopyOf, readArchiving } from '../db/backup/archive.js';
import { takeBackup } from '../db/backup/take-backup.js';
import type { SchemaState } from '../db/migrate.js';
import { SECOND } from '../domain/timeframe.js';

/** For a person to stop it, where nothing leads back. */
const PAUSE_MS = 10 * SECOND;

export interface BeforeMigrationOptions {
  /** How many base copies are kept. */
  backupKeep: number;
  /** Whether a person may read at once what is said. */
  isWatched: boolean;
  say: (line: string) => void;
  /** For tests. */
  pauseMs?: number;
}

/**
 * Before a database with bars is migrated: says that nothing but a backup leads back, and which. If the server is backed up and
 * has no base copy yet, takes one. Without backups, waits for a moment if somebody watches, so that the migration can be stopped.
 */
export async function announceMigration(
  pool: pg.Pool,
  { current, expected }: SchemaState,
  { backupKeep, isWatched, say, pauseMs = PAUSE_MS }: BeforeMigrationOptions,
): Promise<void> {
  say(
    `Updating the database from ${current} to ${expected}. This cannot be undone: from then on, earlier versions of Barkeep refuse to use it.`,
  );
  const fault = await backUpFirst(pool, backupKeep, say);
  if (fault === null) {
    const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
    say(`To go back, run the earlier version with: npm run restore -- --into DIR --at ${rows[0]!.now.toISOString()}`);
    return;
  }
  if (!isWatched) return say(`${fault} (docs/backup.md).`);
  say(`${fault}. To back up first, stop this within ${pauseMs / SECOND} s (docs/backup.md).`);
  await sleep(pauseMs);
}

/** Whether a person may read at once what the process says: `npm start` has started it, or its errors go to a terminal. */
export const isWatched = ({ send, stderr }: { send?: unknown; stderr: { isTTY?: boolean } }): boolean =>
  send !== undefined || Boolean(stderr.isTTY);

/** Makes sure that there is a base copy. @returns why no backup leads back; null if one does */
async function backUpFirst(pool: pg.Pool, keep: number, say: (line: string) => void): Promise<string | null> {
  const archiving = await readArchiving(pool);
  if (!archiving) return 'Barkeep takes no backups of this database';
  const { archive, failedAt } = archiving;
  if (failedAt) return `Since ${failedAt.toISOString()}, nothing gets to the archive ${archive}`;
  try {
    if ((await newestCopyOf(archive)) !== undefined) return null;
    say(`Taking a base copy into ${archive} first …`);
    await takeBackup(pool, { keep });
    return null;
  } catch (error) {
    return `No base copy could be taken or read: ${(error as Error).message}`;
  }
}
