import type { Housekept } from '../contracts/activities.js';
import { pruneCalls, pruneSteps, retentionEnd } from '../db/repositories/upkeep/retention.js';
import { pruneChanges } from '../db/repositories/read/bar-change-log.js';
import type { Deps } from './deps.js';
import { prunePayloads } from './prune-payloads.js';

export const housekeepingActivities = ({
  pool,
  payloadRetentionDays,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'payloadRetentionDays' | 'clockOffsetMs'>) => ({
  /** Deletes what is kept for a limited time: run steps, provider calls, the change log, bodies of payloads. */
  async housekeep(): Promise<Housekept> {
    return {
      steps: await pruneSteps(pool),
      calls: await pruneCalls(pool),
      changes: await pruneChanges(pool),
      bodies: await prunePayloads(pool, await retentionEnd(pool, payloadRetentionDays), clockOffsetMs),
    };
  },
});
