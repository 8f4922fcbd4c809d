import { FAILURES } from '../contracts/failures.js';
import { ADJUST_FIELDS, inputProblem } from '../contracts/input-problem.js';
import type { AdjustInput } from '../contracts/workflows.js';
import { applySplits, planAdjust } from './activities.js';
import { extractAndTransform } from './ingest.js';
import { recordRun, refuseWrongInput, resultOf, type RunResult } from './run.js';

/**
 * Brings one asset to its price level after a split: fetches again what the provider still has, then replaces all of the
 * asset's bars in one transaction, the older ones rescaled by the ratio. Until then, loads of the asset are held back.
 */
export async function AdjustWorkflow(input: AdjustInput): Promise<RunResult> {
  const { assetId, symbol } = input ?? {};
  const problem = inputProblem(input, ADJUST_FIELDS);
  return recordRun(
    {
      pipeline: 'adjust_splits',
      trigger: 'split',
      scheduledAt: null,
      symbols: problem === null ? [symbol] : undefined,
    },
    async (run) => {
      refuseWrongInput(problem);
      const { batchIds, outcome } = await extractAndTransform(run, await planAdjust({ assetId, symbol }));
      const { splits, rescaled, loaded } = await applySplits({ run, assetId, batchIds });
      if (splits === 0 && loaded.some((batch) => batch.held)) {
        const message = loaded.some((batch) => batch.held === 'split')
          ? `${symbol}: no price since the ex-date of a split shows it yet: still held back; next try in 30 minutes`
          : `${symbol}: the provider's prices are at another level, but it reports no split: still held back`;
        const failures = [...outcome.failures, { type: FAILURES.HeldBack, message }];
        return {
          result: resultOf({ ...outcome, failedAssets: [assetId], okAssets: [], failures, requestsFailed: 1 }),
          failures,
        };
      }
      const counts = { ...outcome.counts, rowsUpdated: rescaled };
      for (const { inserted, updated, unchanged } of loaded) {
        counts.rowsInserted += inserted;
        counts.rowsUpdated += updated;
        counts.rowsUnchanged += unchanged;
      }
      return { result: resultOf({ ...outcome, counts }), failures: outcome.failures };
    },
  );
}
