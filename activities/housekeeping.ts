import type { Housekept } from '../contracts/activities.js';
import { mergeRejected } from '../db/repositories/upkeep/merge-rejected.js';
import { pruneCalls, pruneSteps, retentionEnd } from '../db/repositories/upkeep/retention.js';
import { pruneChanges } from '../db/repositories/read/bar-change-log.js';
import type { Deps } from './deps.js';
import { prunePayloads } from './prune-payloads.js';

export const housekeepingActivities = ({
  pool,
  payloadRetentionDays,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'payloadRetentionDays' | 'clockOffsetMs'>) => ({
  /**
   * Deletes what is kept for a limited time: run steps, provider calls, the change log, bodies of payloads. Merges entries
   * of the quarantine that earlier releases made of the same row.
   */
  async housekeep(): Promise<Housekept> {
    return {
      steps: await pruneSteps(pool),
      calls: await pruneCalls(pool),
      changes: await pruneChanges(pool),
      rejected: await mergeRejected(pool),
      bodies: await prunePayloads(pool, await retentionEnd(pool, payloadRetentionDays), clockOffsetMs),
    };
  },
});
