import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type pg from 'pg';
import { GRIDS } from '../config/catalog/schedules.js';
import { pruneBodies, pruneLogs } from '../db/repositories/upkeep/retention.js';
import { closeRun, findOlderLiveRun, openRun, openRunsOlderThan } from '../db/repositories/runs/runs.js';
import type { RunKey } from '../domain/run.js';
import { NO_COUNTS, type RunStatus } from '../domain/run.js';
import { CLOSED_STATUSES } from '../contracts/run-statuses.js';
import type { Deps } from './deps.js';
import type { CloseInput, OpenedRun, OpenInput } from '../contracts/activities.js';

/** Runs younger than this still close themselves. */
const RECONCILE_AFTER_MS = 2 * 60_000;

export const runActivities = ({
  pool,
  client,
  clockOffsetMs,
  payloadRetentionDays,
}: Pick<Deps, 'pool' | 'client' | 'clockOffsetMs' | 'payloadRetentionDays'>) => ({
  /** Opens the run's row, tells its market times, and whether an older live run is still at it. */
  async openRun(input: OpenInput): Promise<OpenedRun> {
    const asOf = (input.scheduledAt ?? input.startedAt) + clockOffsetMs;
    const grid = input.pipeline in GRIDS ? GRIDS[input.pipeline as keyof typeof GRIDS].gridMs : 1;
    const opening = { ...input, nominalAt: Math.floor(asOf / grid) * grid };
    const supersededBy = input.trigger === 'schedule' ? findOlderLiveRun(pool, opening) : null;
    await openRun(pool, opening);
    return { nominalAt: opening.nominalAt, asOf, supersededBy: await supersededBy };
  },

  /** Closes the run's row. */
  async closeRun(input: CloseInput): Promise<void> {
    await closeRun(pool, input);
  },

  /**
   * Closes the rows of runs that could not do it themselves (terminated, timed out, history gone), and forgets what is
   * kept for a time only.
   * @returns how many rows were closed
   */
  async reconcileRuns(): Promise<number> {
    const open = await openRunsOlderThan(pool, new Date(Date.now() - RECONCILE_AFTER_MS));
    let closed = 0;
    for (const run of open) if (await reconcile(pool, client, run)) closed++;
    await pruneLogs(pool);
    await pruneBodies(pool, payloadRetentionDays);
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

/** Null while the workflow is under way (the last run of its chain, where it continued as new). */
async function howItEnded(
  client: Pick<Client, 'workflow'>,
  { workflowId, runId }: RunKey,
): Promise<{ status: Exclude<RunStatus, 'running'>; message: string; at: Date } | null> {
  try {
    // firstExecutionRunId: follows the chain, and no other run of the same workflow id
    const description = await client.workflow
      .getHandle(workflowId, undefined, { firstExecutionRunId: runId })
      .describe();
    const inChain = description.raw.workflowExecutionInfo?.firstRunId ?? description.runId;
    const own = inChain === runId ? description : await client.workflow.getHandle(workflowId, runId).describe();
    const status = CLOSED_STATUSES[own.status.name];
    if (!status) return null;
    return {
      status,
      message: `Temporal says ${own.status.name}; the run could not close its row itself`,
      at: own.closeTime ?? new Date(),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return {
      status: 'failed',
      message: 'its history is gone from Temporal before the run closed its row',
      at: new Date(),
    };
  }
}
