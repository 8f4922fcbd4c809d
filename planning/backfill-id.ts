import { createHash } from 'node:crypto';
import type pg from 'pg';
import { countEndedBackfills } from '../db/repositories/runs/runs.js';
import type { BackfillInput } from '../contracts/workflows.js';

/**
 * The workflow id of a backfill: the same for all that ask for the same until it has ended, and then the next one. So a
 * second request joins the running one.
 * @param input of a resolved request
 */
export async function backfillWorkflowId(pool: pg.Pool, input: BackfillInput): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12);
  return `backfill-${digest}-${(await countEndedBackfills(pool, `backfill-${digest}-`)) + 1}`;
}
