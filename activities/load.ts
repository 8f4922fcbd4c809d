import { loadBatches } from '../db/repositories/batch-loader.js';
import type { Deps } from './deps.js';
import type { Loaded, LoadInput } from './types.js';

export const loadActivities = ({ pool }: Pick<Deps, 'pool'>) => ({
  /** Loads batches in one transaction; once loaded, the same counts again. */
  async load({ run, batchIds }: LoadInput): Promise<Loaded[]> {
    const loaded = await loadBatches(pool, batchIds, run.runId);
    return loaded.map((batch) => ({ ...batch, rows: batch.inserted + batch.updated }));
  },
});
