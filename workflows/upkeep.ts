import { workflowInfo } from '@temporalio/workflow';
import type { UpkeepPipeline } from '../config/catalog/schedules.js';
import type { UpkeepScope } from '../contracts/workflows.js';
import type { RunKey } from '../domain/run.js';
import { planReplay } from './activities.js';
import { BULK, ingestStored } from './ingest.js';
import type { Failed, Ingested } from './ingested.js';
import { ingestPlanned } from './outage.js';
import { executePage, nextOf, type PagePlan, type PageResult, planRequests } from './page.js';
import { pagesInChildren, pagesStoredPayloads } from './patches.js';
import type { Progress } from './progress.js';
import { PAGE_SIZE } from './replay-sensitive.js';
import { resultOf, type RunResult, skipped, withReason } from './run.js';
import { scheduledAt, triggerOf } from './scheduled-fire.js';

/*
 * Steps that HealWorkflow and VerifyWorkflow share. Both use the providers' bulk queues, which get at most half of a
 * provider's rate, so live runs come first.
 */

/** Whether the pipeline's schedule started this run; if not, a person did. */
export const isScheduled = (pipeline: UpkeepPipeline): boolean =>
  triggerOf(pipeline, scheduledAt(), workflowInfo().startTime.getTime()) === 'schedule';

/**
 * Loads the stored payloads that hold missing bars: the first page in this run, those after it in a child each.
 * @param scope of the run
 */
export async function ingestStoredPages(run: RunKey, progress: Progress, scope: UpkeepScope): Promise<void> {
  const input = { ...scope, limit: PAGE_SIZE };
  const payloads = await planReplay(input);
  progress.add(await ingestStored(run, payloads, progress.during(payloads.length)));
  let after = nextOf(payloads, PAGE_SIZE);
  if (after === undefined || !pagesStoredPayloads()) return;
  for (let n = 2; after !== undefined; n++) {
    const page: PageResult = await executePage(
      { run, plan: { activity: 'planReplay', input: { ...input, after } }, ...BULK },
      n,
    );
    progress.add(page.ingested);
    after = page.next;
  }
}

/**
 * Requests what a plan lists, a page of assets at a time: the first page in this run, those after it in a child each. A
 * page whose requests all failed is the last one.
 */
export async function ingestPages(
  run: RunKey,
  progress: Progress,
  planOf: (page: {
    limit: number;
    after: number | undefined;
  }) => Extract<PagePlan, { activity: 'planHeal' | 'planVerify' }>,
): Promise<void> {
  let after: number | undefined;
  let page: Pick<PageResult, 'ingested' | 'next'> & { more: boolean };
  for (let n = 1; ; n++) {
    const plan = planOf({ limit: PAGE_SIZE, after });
    if (after === undefined || !pagesInChildren()) {
      const planned = await planRequests(plan);
      if (planned.requests.length === 0) return;
      const onProgress = progress.during(planned.requests.length);
      const ingested = await ingestPlanned(run, planned, BULK, onProgress);
      page = { ingested, more: planned.more, next: planned.next };
    } else {
      const { ingested, next } = await executePage({ run, plan, ...BULK }, n);
      page = { ingested, more: next !== undefined, next };
    }
    progress.add(page.ingested);
    if (!page.more || page.ingested.requestsDone === 0) return;
    after = page.next;
  }
}

/**
 * @param nothing the reason of a run that sent no requests
 * @param gaps what is still missing, in words; null if nothing is
 */
export function upkeepOutcome(
  total: Ingested,
  nothing: string,
  gaps: string | null,
): { result: RunResult; failures: Failed[] } {
  if (total.requestsDone + total.requestsFailed === 0)
    return { result: skipped(gaps ? `${nothing}; ${gaps}` : nothing), failures: [] };
  return { result: withReason(resultOf(total), gaps), failures: total.failures };
}
