import type { ApplySplitsInput } from '../contracts/activities.js';
import { type AppliedSplits, applySplits } from '../db/repositories/load/apply-splits.js';
import type { Deps } from './deps.js';

export const adjustActivities = ({ pool }: Pick<Deps, 'pool'>) => ({
  /** Applies the asset's known splits that are not applied yet, in one transaction; `splits` is 0 if there are none. */
  async applySplits({ run, assetId, batchIds }: ApplySplitsInput): Promise<AppliedSplits> {
    return applySplits(pool, assetId, batchIds, run.runId);
  },
});
