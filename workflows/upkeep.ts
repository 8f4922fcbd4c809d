import { workflowInfo } from '@temporalio/workflow';
import type { UpkeepPipeline } from '../config/catalog/schedules.js';
import type { Plan } from '../contracts/activities.js';
import type { RunKey } from '../domain/run.js';
import type { Failed, Ingested } from './ingest.js';
import { ingestPlanned } from './outage.js';
import type { Progress } from './progress.js';
import { PAGE_SIZE } from './replay-sensitive.js';
import { resultOf, type RunResult, scheduledAt, skipped, triggerOf } from './run.js';

/*
 * Steps that HealWorkflow and VerifyWorkflow share. Both use the providers' bulk queues, which get at most half of a
 * provider's rate, so live runs come first.
 */

/** Whether the pipeline's schedule started this run; if not, a person did. */
export const isScheduled = (pipeline: UpkeepPipeline): boolean =>
  triggerOf(pipeline, scheduledAt(), workflowInfo().startTime.getTime()) === 'schedule';

/**
 * Requests what a plan lists, a page at a time.
 * @param list `shrinking`: what was fetched leaves the plan, so the next page is its beginning again; `fixed`: fetching
 * changes nothing about the plan, so its pages are counted
 */
export async function ingestPages(
  run: RunKey,
  progress: Progress,
  list: 'shrinking' | 'fixed',
  plan: (page: { limit: number; offset: number }) => Promise<Plan>,
): Promise<void> {
  for (let offset = 0; ; offset += list === 'fixed' ? PAGE_SIZE : 0) {
    const page = await plan({ limit: PAGE_SIZE, offset });
    if (page.requests.length === 0) return;
    const ingested = await ingestPlanned(run, page, 'bulk', 'bulk', progress.during(page.requests.length));
    progress.add(ingested);
    if (!page.more || ingested.requestsDone === 0) return;
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
  const result = resultOf(total);
  const reason = [result.reason, gaps].filter((part) => part !== null).join('; ');
  return { result: { ...result, reason: reason || null }, failures: total.failures };
}
