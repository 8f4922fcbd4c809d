import { MINUTE } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import { until } from '../until.js';

const LOAD_MS = 3 * MINUTE;

/** Loads that wait for the table; they hold the locks of their series. */
const WAITING = `select from pg_stat_activity a join pg_locks l using (pid) where a.wait_event_type = 'Lock'
  and l.relation = 'series'::regclass and l.mode = 'RowShareLock' and l.granted`;

/**
 * Stops loads half way while `work` runs: another session keeps the table quotes, so that a load has written its bars,
 * holds the locks of its series, and waits. `work` begins when one waits.
 * @param release ends the hold early; returns at once if `work` has ended the database
 */
export async function holdingLoads(
  product: Product,
  work: (release: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await product.withDatabase(async (client) => {
    await client.query('begin');
    await client.query('lock table quotes in exclusive mode');
    const release = async () => {
      await client.query('rollback').catch(() => {});
    };
    try {
      // another session looks: within a transaction, pg_stat_activity stays as it was first seen
      await until('a load half way', LOAD_MS, async () => (await product.rows(WAITING)).length > 0);
      await work(release);
    } finally {
      await release();
    }
  });
}
