import type { UpkeepScope, VerifyInput } from '../contracts/workflows.js';
import { classifyGaps, compareWithDays, planVerify } from './activities.js';
import { startAdjustments } from './children.js';
import { Progress } from './progress.js';
import { recordRun, type RunResult, scheduledAt } from './run.js';
import { ingestPages, isScheduled, upkeepOutcome } from './upkeep.js';

/** Fetches again what is stored, so that late corrections become revisions: by schedule what is due, else everything. */
export async function VerifyWorkflow(input: VerifyInput = {}): Promise<RunResult> {
  const { symbols, timeframes } = input ?? {};
  return verify({ symbols, timeframes });
}

export async function verify(scope: UpkeepScope): Promise<RunResult> {
  const everything = !isScheduled('verify_bars');
  return recordRun({ pipeline: 'verify_bars', trigger: 'verify', scheduledAt: scheduledAt() }, async (run) => {
    await startAdjustments(await classifyGaps());
    const progress = new Progress();
    await ingestPages(run, progress, everything ? 'fixed' : 'shrinking', (page) =>
      planVerify({ run, ...scope, ...page, everything }),
    );
    await startAdjustments(await classifyGaps());
    await compareWithDays();
    return upkeepOutcome(progress.total, 'nothing is due', null);
  });
}
