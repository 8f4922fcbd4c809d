import { Context, log } from '@temporalio/activity';
import pTimeout from 'p-timeout';
import type pg from 'pg';
import type { AbandonDeliveryInput, AlertsJudged, DeliveryInput } from '../contracts/activities.js';
import { type BackupState, backupState } from '../db/backup/state-in-words.js';
import { readDatabaseDisk } from '../db/database-disk.js';
import {
  abandonDelivery,
  hasNews,
  markSent,
  markSentTo,
  nextDelivery,
  openAlerts,
  pendingDelivery,
  recordEvaluation,
  storeChanges,
} from '../db/repositories/alerts/alerts.js';
import { rememberBars } from '../db/repositories/alerts/alert-rules.js';
import { keepDiskSample } from '../db/repositories/upkeep/disk-samples.js';
import { inTransaction } from '../db/transaction.js';
import type { BackupFault } from '../domain/alerts/backup.js';
import { changeAlerts } from '../domain/alerts/change-alerts.js';
import type { DiskSample } from '../domain/alerts/disk.js';
import { judge } from '../domain/alerts/judge.js';
import { isQuiet } from '../domain/alerts/quiet-hours.js';
import { SECOND } from '../domain/timeframe.js';
import { alertFacts } from '../planning/alert-facts.js';
import type { Deps } from './deps.js';
import { undelivered, retryLater } from './failures.js';

export const alertActivities = ({
  pool,
  rates,
  clockOffsetMs,
  alerts: { channels, quietHours },
}: Pick<Deps, 'pool' | 'rates' | 'clockOffsetMs' | 'alerts'>) => {
  const tellsAll = () => quietHours === null || !isQuiet(quietHours, Date.now());

  return {
    /**
     * Opens and closes alerts, over one snapshot, in one transaction: a repeated attempt finds what the first one has stored.
     * If a delivery has changed an alert meanwhile, it is attempted again.
     */
    async judgeAlerts(): Promise<AlertsJudged> {
      const disk = await sampleDisk(pool);
      const backup = await backupFault(pool);
      const judged = async (tx: pg.PoolClient) => {
        const { now: wallNow, upMs } = await recordEvaluation(tx);
        const facts = await alertFacts(tx, { rates, clockOffsetMs, wallNow, disk, backup, upMs });
        const changed = changeAlerts(await openAlerts(tx), judge(facts), facts.now);
        await storeChanges(tx, changed, facts.now);
        await rememberBars(tx, facts.rules);
        return changed;
      };
      const changes = await inTransaction(pool, judged, 'isolation level repeatable read');
      for (const { kind, subject, message } of changes.opened) log.warn(message, { alert: kind, subject });
      for (const { kind, subject } of changes.closed) log.info('alert closed', { alert: kind, subject });
      return {
        opened: changes.opened.length,
        closed: changes.closed.length,
        hasNews: channels.length > 0 && (await hasNews(pool, tellsAll())),
      };
    },

    /** Makes the message that is to be sent next. @returns its id; null if there is nothing to tell */
    async prepareDelivery(): Promise<string | null> {
      return channels.length === 0 ? null : inTransaction(pool, (tx) => nextDelivery(tx, tellsAll()));
    },

    /**
     * Sends a message over each channel, unless an earlier attempt has.
     * @throws ApplicationFailure `Undelivered` if a receiver did not take it
     */
    async deliverAlerts({ id }: DeliveryInput): Promise<void> {
      const message = await pendingDelivery(pool, id);
      if (!message) return;
      if (channels.length === 0)
        throw retryLater('Undelivered', 'neither ALERT_WEBHOOK_URL nor ALERT_MAIL_URL is set for this worker');
      const { sentTo, ...content } = message;
      const left = channels.filter(({ name }) => !sentTo.includes(name));
      const attempts = await Promise.allSettled(
        left.map(async (channel) => {
          const missed = await channel.send({ id, ...content }, Context.current().cancellationSignal);
          if (missed !== null) log.warn(missed, { delivery: id });
          await markSentTo(pool, id, channel.name);
        }),
      );
      const failed = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
      if (failed.length > 0) throw undelivered(failed);
      await markSent(pool, id);
    },

    /** Gives a message up. */
    async abandonDelivery({ id, reason }: AbandonDeliveryInput): Promise<void> {
      await abandonDelivery(pool, id, reason);
    },
  };
};

/** A disk that does not answer for so long must not keep everything else from being judged. */
const DISK_MS = 10 * SECOND;

/** What is wrong with the backups; null if nothing is, or there are to be none. */
async function backupFault(pool: pg.Pool): Promise<BackupFault | null> {
  const state = backupState(pool, Date.now());
  const { isProblem, isLate } = await pTimeout(state, { milliseconds: DISK_MS, fallback: () => UNANSWERED });
  return isProblem ? (isLate ? 'late' : 'unreachable') : null;
}
const UNANSWERED: BackupState = { words: 'the archive does not answer', isProblem: true };

/** The free space of the disk that the database is on, day by day and now; none if this worker cannot see that disk. */
async function sampleDisk(pool: pg.Pool): Promise<readonly DiskSample[]> {
  const found = await readDatabaseDisk(pool, Date.now());
  if (!found) return [];
  await keepDiskSample(pool, found.disk, found.free);
  return found.samples;
}
