import type pg from 'pg';
import { type LivePipeline, nominalTime, PIPELINES } from '../config/catalog/schedules.js';
import type { CloseRunInput, OpenedRun, OpenRunInput, RecordProgressInput } from '../contracts/activities.js';
import { readSourceOutages } from '../db/repositories/read/source-outages.js';
import {
  closeRun,
  failedSymbols,
  openRun,
  openScheduledRun,
  otherLiveRun,
  pipelineOf,
  recordProgress,
} from '../db/repositories/runs/runs.js';
import type { RunKey } from '../domain/run.js';
import { withoutOther } from '../domain/source-outage.js';
import { closeIfEnded, isStuck, type ReconcileDeps } from './reconcile.js';

export const runActivities = (deps: ReconcileDeps) => ({
  /**
   * Opens the run's row. A pipeline has one scheduled live run at a time: if another one is in progress, however long it
   * has been, the row is closed again. Temporal knows what is in progress: a row whose workflow has ended is closed first, and a
   * run that no worker can continue does not count.
   * @returns the run's market times, and the other live run, if any
   */
  async openRun(input: OpenRunInput): Promise<OpenedRun> {
    const { pool, clockOffsetMs } = deps;
    const asOf = (input.scheduledAt ?? input.startedAt) + clockOffsetMs;
    const opening = { ...input, nominalAt: nominalTime(input.pipeline, asOf) };
    const opened = { nominalAt: opening.nominalAt, asOf };
    if (input.trigger !== 'schedule' || !(input.pipeline in PIPELINES)) {
      await openRun(pool, opening);
      return { ...opened, supersededBy: null };
    }
    const stuck: string[] = [];
    for (;;) {
      const other = await otherLiveRun(pool, opening, stuck);
      if (!other) break;
      if (await closeIfEnded(deps, other)) continue;
      if (!(await isStuck(deps, other))) break;
      stuck.push(other.runId);
    }
    return { ...opened, supersededBy: await openScheduledRun(pool, opening, stuck) };
  },

  /** Records in the run's row what it has done so far. */
  async recordProgress(input: RecordProgressInput): Promise<void> {
    await recordProgress(deps.pool, input);
  },

  /** Closes the run's row. @returns the symbols of the assets that failed in it */
  async closeRun(input: CloseRunInput): Promise<string[]> {
    const { pool } = deps;
    const isFailed = input.assetsFailed > 0;
    const parts = [input.errorMessage, isFailed ? await assetsAlone(pool, input) : null];
    await closeRun(pool, { ...input, errorMessage: parts.filter((part) => part !== null).join('; ') || null });
    return isFailed ? failedSymbols(pool, input) : [];
  },
});

/** Which assets of a live run have no other source while its provider is not requested, in words; null if none. */
async function assetsAlone(pool: pg.Pool, run: RunKey): Promise<string | null> {
  const pipeline = await pipelineOf(pool, run);
  if (pipeline === null || !(pipeline in PIPELINES)) return null;
  const outages = await readSourceOutages(pool, PIPELINES[pipeline as LivePipeline].provider);
  return withoutOther([...outages.values()].filter(({ isAlone }) => isAlone).map(({ symbol }) => symbol));
}
