import type { Loaded, LoadInput } from '../contracts/activities.js';
import { loadBatches, unloadableBatches, type UnloadableBatch } from '../db/repositories/load/batch-loader.js';
import { FAILURES } from '../contracts/failures.js';
import { assetsDueForAdjustment } from '../planning/adjust.js';
import type { Deps } from './deps.js';

export const loadActivities = ({ pool }: Pick<Deps, 'pool'>) => ({
  /**
   * Loads batches in one transaction; batches that are loaded already return the same counts. Of the batches that are
   * held back, those whose asset is due for an adjustment say so in `adjust`. A batch of an asset whose row has become
   * bad is not loaded, and says why in `error`.
   */
  async load({ run, batchIds }: LoadInput): Promise<Loaded[]> {
    const unloadable = await unloadableBatches(pool, batchIds);
    const sound = batchIds.filter((id) => !unloadable.some(({ batchId }) => batchId === id));
    const loaded = await loadBatches(pool, sound, run.runId);
    const heldBack = loaded.filter((batch) => batch.held !== null).map((batch) => batch.assetId);
    const due = await assetsDueForAdjustment(pool, heldBack);
    const outcomes = loaded.map((batch) => {
      const adjust = batch.held === null ? undefined : due.find(({ assetId }) => assetId === batch.assetId);
      return { ...batch, rows: batch.inserted + batch.updated, ...(adjust && { adjust }) };
    });
    return [...outcomes, ...unloadable.map(asFailed)];
  },
});

const asFailed = ({ problem, ...batch }: UnloadableBatch): Loaded => ({
  ...batch,
  ...{ rows: 0, inserted: 0, updated: 0, unchanged: 0, held: null },
  error: { type: FAILURES.InvalidInput, message: problem },
});
