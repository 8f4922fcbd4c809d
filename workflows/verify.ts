import { inputProblem, VERIFY_FIELDS } from '../contracts/input-problem.js';
import type { UpkeepScope, VerifyInput } from '../contracts/workflows.js';
import { classifyGaps, compareSources, compareWithDays } from './activities.js';
import { startAdjustments } from './children.js';
import { comparesSources } from './patches.js';
import { Progress } from './progress.js';
import { recordRun, refuseWrongInput, type RunResult } from './run.js';
import { scheduledAt } from './scheduled-fire.js';
import { ingestPages, isScheduled, upkeepOutcome } from './upkeep.js';

/** Fetches again what is stored, so that late corrections become revisions: by schedule what is due, else everything. */
export async function VerifyWorkflow(input: VerifyInput = {}): Promise<RunResult> {
  const { symbols, timeframes } = input ?? {};
  return verify({ symbols, timeframes }, inputProblem(input, VERIFY_FIELDS));
}

/** @param problem of the input; null if there is none */
export async function verify(scope: UpkeepScope, problem: string | null): Promise<RunResult> {
  const everything = !isScheduled('verify_bars');
  const { symbols } = scope;
  return recordRun({ pipeline: 'verify_bars', trigger: 'verify', scheduledAt: scheduledAt(), symbols }, async (run) => {
    refuseWrongInput(problem);
    await startAdjustments(await classifyGaps());
    const progress = new Progress();
    await ingestPages(run, progress, (page) => ({
      activity: 'planVerify',
      input: { run, ...scope, ...page, everything },
    }));
    await startAdjustments(await classifyGaps());
    await compareWithDays();
    if (comparesSources()) await compareSources();
    return upkeepOutcome(progress.total, 'nothing is due', null);
  });
}
