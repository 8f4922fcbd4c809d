import { loadBatches } from '../db/repositories/load/batch-loader.js';
import { startAdjusting } from './adjust.js';
import type { Deps } from './deps.js';
import type { Loaded, LoadInput } from '../contracts/activities.js';

export const loadActivities = ({ pool, client }: Pick<Deps, 'pool' | 'client'>) => ({
  /** Loads batches in one transaction; once loaded, the same counts again. What is held back is adjusted by a workflow. */
  async load({ run, batchIds }: LoadInput): Promise<Loaded[]> {
    const loaded = await loadBatches(pool, batchIds, run.runId);
    const held = loaded.filter((batch) => batch.held !== null);
    for (const assetId of new Set(held.map((batch) => batch.assetId))) await startAdjusting({ pool, client }, assetId);
    return loaded.map((batch) => ({ ...batch, rows: batch.inserted + batch.updated }));
  },
});
