import { MINUTE } from '../timeframe.js';
import type { Condition } from './alert.js';

/** What is wrong with the backups: nothing gets to their archive, or it cannot be read; or only the daily base copy is late. */
export type BackupFault = 'unreachable' | 'late';

/** After a start, the base copy that is due is being taken, and the archive catches up. ms */
const WARM_UP_MS = 15 * MINUTE;

const WORDS = {
  unreachable: {
    severity: 'critical',
    message: 'The archive of the backups cannot be written or read.',
    advice:
      'Run npm run doctor: it says what is wrong. Until it is mended, the write-ahead log takes up disk space in DATA_DIR.',
  },
  late: {
    severity: 'warning',
    message: 'The daily base copy of the backups is late.',
    advice: 'Look at the last runs of the schedule backup in the Temporal Web UI, or run npm run backup.',
  },
} as const;

/**
 * @param fault null if all is well, or there are to be no backups
 * @param upMs for how long the alerts have been evaluated without an interruption
 */
export const backupConditions = (
  fault: BackupFault | null,
  { now, upMs }: { now: number; upMs: number },
): Condition[] =>
  fault === null
    ? []
    : [
        {
          ...{ kind: 'backup', subject: 'database', since: now, markets: null, ...WORDS[fault] },
          standing: upMs >= WARM_UP_MS ? 'fires' : 'lingers',
        },
      ];
