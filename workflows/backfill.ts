import { continueAsNew, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { BackfillInput } from '../contracts/workflows.js';
import { planBackfill } from './activities.js';
import { add, type Ingested, nothingIngested } from './ingest.js';
import { ingestPlanned } from './outage.js';
import { progressOf, progressQuery } from './progress.js';
import { BACKFILL_PAUSES_MS, PAGE_SIZE } from './replay-sensitive.js';
import { recordRun, resultOf, type RunResult, skipped } from './run.js';

/** State of a run, which is carried over when it continues as new. */
interface Progressed {
  total: Ingested;
  /** Only failures that no later request has made up for count. */
  lastPage: Ingested;
  pauses: number;
  offset: number;
}

/** Fills in what is missing for any assets, timeframes and range, newest first. */
export async function BackfillWorkflow(input: BackfillInput & { carried?: Progressed } = {}): Promise<RunResult> {
  const { carried, ...wanted } = input;
  const state: Progressed = carried ?? { total: nothingIngested(), lastPage: nothingIngested(), pauses: 0, offset: 0 };
  let progress = progressOf(state.total, 0);
  setHandler(progressQuery, () => progress);

  return recordRun({ pipeline: 'backfill', trigger: input.trigger ?? 'manual', scheduledAt: null }, async (run) => {
    for (;;) {
      const plan = await planBackfill({ run, ...wanted, limit: PAGE_SIZE, offset: state.offset });
      if (plan.requests.length > 0) {
        const before = state.total;
        progress = progressOf(before, plan.requests.length);
        const ingested = await ingestPlanned(run, plan, 'bulk', 'bulk', (soFar) => {
          progress = progressOf(add(before, soFar), plan.requests.length - soFar.requestsDone - soFar.requestsFailed);
        });
        state.total = add(before, ingested);
        state.lastPage = ingested;
        // a plan of what is stored stays the same, so its pages are counted; a plan of what is missing shrinks by itself
        if (wanted.refetch) state.offset += PAGE_SIZE;
        if (plan.more && ingested.requestsDone > 0) {
          if (workflowInfo().continueAsNewSuggested)
            await continueAsNew<typeof BackfillWorkflow>({ ...wanted, carried: state });
          continue;
        }
        if (wanted.refetch) break;
      }
      const unfinished = plan.waiting > 0 || plan.requests.length > 0;
      const stuck =
        plan.requests.length === 0 || state.lastPage.requestsFailed > 0 || state.lastPage.counts.rowsInserted === 0;
      if (!unfinished || (stuck && state.pauses >= BACKFILL_PAUSES_MS.length)) break;
      if (stuck) await sleep(BACKFILL_PAUSES_MS[state.pauses++]!);
    }
    const { total, lastPage } = state;
    if (total.requestsDone + total.requestsFailed === 0) return { result: skipped('nothing is missing'), failures: [] };
    const { failures, requestsFailed, failedAssets } = lastPage;
    const okAssets = [...new Set([...total.okAssets, ...total.failedAssets])].filter(
      (assetId) => !failedAssets.includes(assetId),
    );
    return { result: resultOf({ ...total, okAssets, failedAssets, failures, requestsFailed }), failures };
  });
}
