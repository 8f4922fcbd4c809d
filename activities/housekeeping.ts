import type { Housekept } from '../contracts/activities.js';
import { pruneBodies, pruneCalls, pruneSteps } from '../db/repositories/upkeep/retention.js';
import { pruneChanges } from '../db/repositories/read/bar-change-log.js';
import type { Deps } from './deps.js';

export const housekeepingActivities = ({
  pool,
  payloadRetentionDays,
}: Pick<Deps, 'pool' | 'payloadRetentionDays'>) => ({
  /** Deletes what is kept for a limited time: run steps, provider calls, the change log, bodies of payloads. */
  async housekeep(): Promise<Housekept> {
    return {
      steps: await pruneSteps(pool),
      calls: await pruneCalls(pool),
      changes: await pruneChanges(pool),
      bodies: await pruneBodies(pool, payloadRetentionDays),
    };
  },
});
