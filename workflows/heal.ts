import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../contracts/activities.js';
import { UPKEEP } from '../config/catalog/schedules.js';
import type { RunKey } from '../domain/run.js';
import { compareWithDays, judgeCoverage, planHeal, planReplay, planVerify, reportGaps } from './activities.js';
import { FAILURES } from '../contracts/failures.js';
import type { HealInput } from '../contracts/workflows.js';
import { add, type Ingested, ingestStored, nothingIngested } from './ingest.js';
import { ingestPlanned } from './outage.js';
import { progressOf, progressQuery } from './progress.js';
import { recordRun, resultOf, type RunResult, scheduledAt, skipped, triggerOf } from './run.js';

/** Requests planned at once. */
const PAGE = 200;

/**
 * Upkeep of what is stored, at a lower priority than live runs: it has the providers' bulk queues, which get at most half
 * of their rate. `heal_gaps` finds and fills holes, from stored payloads before any provider is asked; `verify_bars` asks
 * again for what is stored, so that late corrections are seen: by schedule what is due, else everything.
 */
export async function HealWorkflow(input: HealInput): Promise<RunResult> {
  const pipeline = input?.pipeline ?? 'heal_gaps';
  if (!(pipeline in UPKEEP)) {
    const known = Object.keys(UPKEEP).join(', ');
    throw ApplicationFailure.nonRetryable(`pipeline must be one of ${known}`, FAILURES.InvalidInput);
  }
  const { symbols, timeframes } = input ?? {};
  const scope = { symbols, timeframes };
  const at = scheduledAt();
  const byHand = triggerOf(pipeline, at, workflowInfo().runStartTime.getTime()) !== 'schedule';
  const opening = { pipeline, trigger: pipeline === 'heal_gaps' ? 'heal' : 'verify', scheduledAt: at } as const;
  return recordRun(opening, async (run) => {
    await judgeCoverage();
    const progress = new Progress();
    if (pipeline === 'heal_gaps') {
      const payloads = await planReplay(scope);
      progress.add(await ingestStored(run, payloads, progress.during(payloads.length)));
      // only the first page is impatient: what was asked for and still is not there waits, so that pages come to an end
      let impatient = byHand;
      await askInPages(run, progress, false, (offset) => {
        const plan = planHeal({ ...scope, limit: PAGE, offset, impatient });
        impatient = false;
        return plan;
      });
    } else {
      const plan = (offset: number) => planVerify({ ...scope, limit: PAGE, offset, everything: byHand });
      await askInPages(run, progress, byHand, plan);
    }
    await judgeCoverage();
    await compareWithDays();
    const gaps = pipeline === 'heal_gaps' ? await reportGaps(scope) : null;
    const { total } = progress;
    if (total.requestsDone + total.requestsFailed === 0) {
      const nothing = pipeline === 'heal_gaps' ? 'nothing to ask for' : 'nothing is due';
      return { result: skipped(gaps ? `${nothing}; ${gaps}` : nothing), failures: [] };
    }
    const result = resultOf(total);
    const reason = [result.reason, gaps].filter((part) => part !== null).join('; ');
    return { result: { ...result, reason: reason || null }, failures: total.failures };
  });
}

/**
 * Asks for what a plan names, a page at a time.
 * @param byPosition asking changes nothing about what the plan names: its pages are counted, else each plan is the rest
 */
async function askInPages(
  run: RunKey,
  progress: Progress,
  byPosition: boolean,
  plan: (offset: number) => Promise<Plan>,
): Promise<void> {
  for (let offset = 0; ; offset += byPosition ? PAGE : 0) {
    const page = await plan(offset);
    if (page.requests.length === 0) return;
    const ingested = await ingestPlanned(run, page, 'bulk', 'bulk', progress.during(page.requests.length));
    progress.add(ingested);
    if (!page.more || ingested.requestsDone === 0) return;
  }
}

/** What a run has come to so far, for its result and for the query `progress`. */
class Progress {
  total: Ingested = nothingIngested();
  private shown = progressOf(this.total, 0);

  constructor() {
    setHandler(progressQuery, () => this.shown);
  }

  add(ingested: Ingested): void {
    this.total = add(this.total, ingested);
    this.shown = progressOf(this.total, 0);
  }

  during(requests: number): (soFar: Ingested) => void {
    return (soFar) => {
      const remaining = requests - soFar.requestsDone - soFar.requestsFailed;
      this.shown = progressOf(add(this.total, soFar), remaining);
    };
  }
}
