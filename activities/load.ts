import type { Loaded, LoadInput } from '../contracts/activities.js';
import { loadBatches } from '../db/repositories/load/batch-loader.js';
import { assetsDueForAdjustment } from '../planning/adjust.js';
import type { Deps } from './deps.js';

export const loadActivities = ({ pool }: Pick<Deps, 'pool'>) => ({
  /**
   * Loads batches in one transaction; batches that are loaded already return the same counts. Of the batches that are
   * held back, those whose asset is due for an adjustment say so in `adjust`.
   */
  async load({ run, batchIds }: LoadInput): Promise<Loaded[]> {
    const loaded = await loadBatches(pool, batchIds, run.runId);
    const heldBack = loaded.filter((batch) => batch.held !== null).map((batch) => batch.assetId);
    const due = await assetsDueForAdjustment(pool, heldBack);
    return loaded.map((batch) => {
      const adjust = batch.held === null ? undefined : due.find(({ assetId }) => assetId === batch.assetId);
      return { ...batch, rows: batch.inserted + batch.updated, ...(adjust && { adjust }) };
    });
  },
});
