import { Context, log } from '@temporalio/activity';
import type { BackedUp } from '../contracts/activities.js';
import { takeBackup } from '../db/backup/take-backup.js';
import type { Deps } from './deps.js';

export const backupActivities = ({ pool, backupKeep }: Pick<Deps, 'pool' | 'backupKeep'>) => ({
  /** Takes a base copy of the database into its archive, checks it, and deletes those past the retention. */
  async backUp(): Promise<BackedUp> {
    const { name, bytes, copyBytes, droppedCopies, notPruned } = await takeBackup(pool, {
      keep: backupKeep,
      signal: Context.current().cancellationSignal,
    });
    if (notPruned !== null) log.warn('earlier base copies cannot be deleted', { reason: notPruned });
    return { name, bytes, copyBytes, droppedCopies };
  },
});
