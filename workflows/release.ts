import { inputProblem, RELEASE_FIELDS } from '../contracts/input-problem.js';
import type { ReleaseInput } from '../contracts/workflows.js';
import { ingestStored } from './ingest.js';
import { recordRun, refuseWrongInput, resultOf, type RunResult } from './run.js';

/** Loads a stored payload once more after an operator has released one of its rows. Sends no requests. */
export async function ReleaseWorkflow(payload: ReleaseInput): Promise<RunResult> {
  const problem = inputProblem(payload, RELEASE_FIELDS);
  return recordRun({ pipeline: 'release', trigger: 'manual', scheduledAt: null }, async (run) => {
    refuseWrongInput(problem);
    const ingested = await ingestStored(run, [{ ...payload, rows: 0 }], () => undefined);
    return { result: resultOf(ingested), failures: ingested.failures };
  });
}
