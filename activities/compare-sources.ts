import type pg from 'pg';
import type { SourcesCompared } from '../contracts/activities.js';
import {
  type Comparison,
  compareSession,
  deleteUncovered,
  sessionsToCompare,
  storeComparisons,
} from '../db/repositories/upkeep/source-agreement.js';
import { serveByAgreement } from '../planning/serve-by-agreement.js';

/** Sessions that are read before their comparisons are stored together. */
const BATCH = 200;

/**
 * Compares the sources of each asset over the sessions that both have as a whole, and those whose bars have changed since
 * once more. Newest first, and the rest in the next run if there are many. Then takes sources that are apart out of what is
 * served, and those that are no longer apart back into it.
 * @param since first session, YYYY-MM-DD
 * @param atMost sessions to compare
 * @returns how many comparisons are stored, how many of them show a finding, and how many sources have another role
 */
export async function compareSourcesOf(
  pool: pg.Pool,
  { since, atMost = 2_000 }: { since: string; atMost?: number },
): Promise<SourcesCompared> {
  await deleteUncovered(pool);
  const due = await sessionsToCompare(pool, { since, limit: atMost });
  const total = { compared: 0, findings: 0 };
  for (let i = 0; i < due.length; i += BATCH) {
    const compared: Comparison[] = [];
    for (const session of due.slice(i, i + BATCH)) {
      const one = await compareSession(pool, session);
      if (one) compared.push(one);
    }
    await storeComparisons(pool, compared);
    total.compared += compared.length;
    total.findings += compared.filter(({ finding }) => finding !== null).length;
  }
  return { ...total, rolesChanged: await serveByAgreement(pool) };
}
