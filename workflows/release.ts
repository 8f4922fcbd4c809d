import type { ReleaseInput } from '../contracts/workflows.js';
import { ingestStored } from './ingest.js';
import { recordRun, resultOf, type RunResult } from './run.js';

/** Loads a stored payload once more, now that an operator has released a row of it; no provider is asked. */
export async function ReleaseWorkflow(payload: ReleaseInput): Promise<RunResult> {
  return recordRun({ pipeline: 'backfill', trigger: 'manual', scheduledAt: null }, async (run) => {
    const ingested = await ingestStored(run, [{ ...payload, rows: 0 }], () => undefined);
    return { result: resultOf(ingested), failures: ingested.failures };
  });
}
