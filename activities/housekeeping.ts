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
    const steps = await pruneSteps(pool);
    const calls = await pruneCalls(pool);
    const changes = await pruneChanges(pool);
    const rejected = await mergeRejected(pool);
    const bodies = await prunePayloads(pool, await retentionEnd(pool, payloadRetentionDays), clockOffsetMs);
    return {
      ...{ steps: steps.rows, calls: calls.rows, changes: changes.rows, rejected, bodies: bodies.rows },
      bytes: { steps: steps.bytes, calls: calls.bytes, changes: changes.bytes, bodies: bodies.bytes },
    };
  },
});
