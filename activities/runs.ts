import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type pg from 'pg';
import { GRIDS } from '../config/catalog/schedules.js';
import type { CloseRunInput, OpenedRun, OpenRunInput } from '../contracts/activities.js';
import { CLOSED_STATUSES } from '../contracts/run-statuses.js';
import { closeRun, findOlderLiveRun, openRun, openRunsOlderThan } from '../db/repositories/runs/runs.js';
import { NO_COUNTS, type RunKey, type RunStatus } from '../domain/run.js';
import type { Deps } from './deps.js';

/** Younger runs are expected to close themselves. */
const RECONCILE_AFTER_MS = 2 * 60_000;

export const runActivities = ({ pool, client, clockOffsetMs }: Pick<Deps, 'pool' | 'client' | 'clockOffsetMs'>) => ({
  /** Opens the run's row. Returns its market times, and the older live run that is still running, if any. */
  async openRun(input: OpenRunInput): Promise<OpenedRun> {
    const asOf = (input.scheduledAt ?? input.startedAt) + clockOffsetMs;
    const grid = input.pipeline in GRIDS ? GRIDS[input.pipeline as keyof typeof GRIDS].gridMs : 1;
    const opening = { ...input, nominalAt: Math.floor(asOf / grid) * grid };
    const supersededBy = input.trigger === 'schedule' ? findOlderLiveRun(pool, opening) : null;
    await openRun(pool, opening);
    return { nominalAt: opening.nominalAt, asOf, supersededBy: await supersededBy };
  },

  /** Closes the run's row. */
  async closeRun(input: CloseRunInput): Promise<void> {
    await closeRun(pool, input);
  },

  /**
   * Closes the rows of runs that could not do it themselves: terminated, timed out, or their history is gone.
   * @returns how many rows it closed
   */
  async reconcileRuns(): Promise<number> {
    const open = await openRunsOlderThan(pool, new Date(Date.now() - RECONCILE_AFTER_MS));
    let closed = 0;
    for (const run of open) if (await reconcile(pool, client, run)) closed++;
    return closed;
  },
});

async function reconcile(pool: pg.Pool, client: Pick<Client, 'workflow'>, run: RunKey): Promise<boolean> {
  const ended = await howItEnded(client, run);
  if (!ended) return false;
  await closeRun(
    pool,
    { ...run, ...NO_COUNTS, status: ended.status, errorType: 'Reconciled', errorMessage: ended.message },
    ended.at,
  );
  return true;
}

/** Null while the workflow is running; if it continued as new, while the last run of its chain is. */
async function howItEnded(
  client: Pick<Client, 'workflow'>,
  { workflowId, runId }: RunKey,
): Promise<{ status: Exclude<RunStatus, 'running'>; message: string; at: Date } | null> {
  try {
    // firstExecutionRunId follows the chain, but not other runs with the same workflow id
    const description = await client.workflow
      .getHandle(workflowId, undefined, { firstExecutionRunId: runId })
      .describe();
    const inChain = description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;
    const own = inChain === runId ? description : await client.workflow.getHandle(workflowId, runId).describe();
    const status = CLOSED_STATUSES[own.status.name];
    if (!status) return null;
    return {
      status,
      message: `Temporal reports ${own.status.name}; the run could not close its row itself`,
      at: own.closeTime ?? new Date(),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return {
      status: 'failed',
      message: 'Temporal deleted its history before the run closed its row',
      at: new Date(),
    };
  }
}
