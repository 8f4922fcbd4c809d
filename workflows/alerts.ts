import { isCancellation } from '@temporalio/workflow';
import type { AlertsJudged } from '../contracts/activities.js';
import { abandonDelivery, deliverAlerts, judgeAlerts, prepareDelivery } from './activities.js';
import { startAlertDelivery } from './children.js';
import { failureOf } from './ingest.js';
import { endsWithAbandonedMessage } from './patches.js';
import { maintain } from './run.js';

/** Opens and closes alerts. It has no row in pipeline_runs. */
export async function AlertsWorkflow(): Promise<AlertsJudged> {
  return maintain('alerts', async () => {
    const judged = await judgeAlerts();
    if (judged.hasNews) await startAlertDelivery();
    return judged;
  });
}

/**
 * Sends what is to be told about alerts, a message at a time. What changes while the receiver is away goes into the next
 * message. @returns how many messages it sent
 */
export async function AlertDeliveryWorkflow(): Promise<number> {
  return maintain('alerts', async () => {
    let sent = 0;
    for (;;) {
      const id = await prepareDelivery();
      if (id === null) return sent;
      try {
        await deliverAlerts({ id });
        sent++;
      } catch (error) {
        if (isCancellation(error)) throw error;
        await abandonDelivery({ id, reason: failureOf(error).message });
        // what it said is news again: the next evaluation starts the next attempt
        if (endsWithAbandonedMessage()) return sent;
      }
    }
  });
}
