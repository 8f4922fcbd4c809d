import { HEAL_FIELDS, inputProblem } from '../contracts/input-problem.js';
import type { HealInput } from '../contracts/workflows.js';
import { classifyGaps, compareSources, compareWithDays, describeGaps } from './activities.js';
import { startAdjustments } from './children.js';
import { comparesSources } from './patches.js';
import { Progress } from './progress.js';
import { recordRun, refuseWrongInput, type RunResult } from './run.js';
import { scheduledAt } from './scheduled-fire.js';
import { ingestPages, ingestStoredPages, isScheduled, upkeepOutcome } from './upkeep.js';
import { verify } from './verify.js';

/** Finds and fills holes: from stored payloads first, then from the providers. */
export async function HealWorkflow(input: HealInput = {}): Promise<RunResult> {
  const { pipeline = 'heal_gaps', symbols, timeframes } = input ?? {};
  const problem = inputProblem(input, HEAL_FIELDS);
  const scope = { symbols, timeframes };
  // started before VerifyWorkflow existed
  if (pipeline === 'verify_bars') return verify(scope, problem);
  const impatient = !isScheduled('heal_gaps');
  return recordRun({ pipeline: 'heal_gaps', trigger: 'heal', scheduledAt: scheduledAt(), symbols }, async (run) => {
    refuseWrongInput(problem);
    await startAdjustments(await classifyGaps());
    const progress = new Progress();
    await ingestStoredPages(run, progress, scope);
    await ingestPages(run, progress, (page) => ({
      activity: 'planHeal',
      input: { run, ...scope, ...page, impatient },
    }));
    await startAdjustments(await classifyGaps());
    await compareWithDays();
    if (comparesSources()) await compareSources();
    return upkeepOutcome(progress.total, 'nothing to request', await describeGaps(scope));
  });
}
