import { ApplicationFailure } from '@temporalio/workflow';
import { UPKEEP } from '../config/catalog/schedules.js';
import { FAILURES } from '../contracts/failures.js';
import type { HealInput } from '../contracts/workflows.js';
import { classifyGaps, compareWithDays, describeGaps, planHeal, planReplay } from './activities.js';
import { startAdjustments } from './children.js';
import { ingestStored } from './ingest.js';
import { Progress } from './progress.js';
import { recordRun, type RunResult, scheduledAt } from './run.js';
import { ingestPages, isScheduled, upkeepOutcome } from './upkeep.js';
import { verify } from './verify.js';

/** Finds and fills holes: from stored payloads first, then from the providers. */
export async function HealWorkflow(input: HealInput = {}): Promise<RunResult> {
  const { pipeline = 'heal_gaps', symbols, timeframes } = input ?? {};
  if (!(pipeline in UPKEEP)) {
    const known = Object.keys(UPKEEP).join(', ');
    throw ApplicationFailure.nonRetryable(`pipeline must be one of ${known}`, FAILURES.InvalidInput);
  }
  const scope = { symbols, timeframes };
  // started before VerifyWorkflow existed
  if (pipeline === 'verify_bars') return verify(scope);
  // only the first page is impatient: a slot that was requested and is still empty then waits, so the pages end
  let impatient = !isScheduled('heal_gaps');
  return recordRun({ pipeline: 'heal_gaps', trigger: 'heal', scheduledAt: scheduledAt() }, async (run) => {
    await startAdjustments(await classifyGaps());
    const progress = new Progress();
    const payloads = await planReplay(scope);
    progress.add(await ingestStored(run, payloads, progress.during(payloads.length)));
    await ingestPages(run, progress, 'shrinking', (page) => {
      const plan = planHeal({ run, ...scope, ...page, impatient });
      impatient = false;
      return plan;
    });
    await startAdjustments(await classifyGaps());
    await compareWithDays();
    return upkeepOutcome(progress.total, 'nothing to request', await describeGaps(scope));
  });
}
