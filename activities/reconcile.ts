import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import type pg from 'pg';
import { PIPELINE_OF_TYPE, WORKFLOWS } from '../contracts/workflows.js';
import { nominalTime, type Pipeline } from '../config/catalog/schedules.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { CLOSED_STATUSES } from '../contracts/run-statuses.js';
import { SCHEDULED_START, SEARCH_KEYS } from '../contracts/search-attributes.js';
import { closeRun, openRun, openRuns, recordStuck, runsWithRow } from '../db/repositories/runs/runs.js';
import { type RunKey, type RunStatus, TRIGGERS, type Trigger } from '../domain/run.js';
import { DAY, MINUTE } from '../domain/timeframe.js';
import type { Deps } from './deps.js';

/** How far back runs without a row are looked for; workers that were away for longer had none to start. */
const LOOK_BACK_MS = DAY;
/** A younger run opens its row itself, as soon as a worker has taken it. */
const OPENS_ITSELF_MS = MINUTE;
/** Temporal's filter for the last event of a history (HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT). */
const CLOSE_EVENT = 2;

/** What the upkeep of pipeline_runs depends on. */
export type ReconcileDeps = Pick<Deps, 'pool' | 'client' | 'clockOffsetMs'>;

/** Among these is the failure of the workflow task in progress. */
const LATEST_EVENTS = 10;

/** What Temporal knows of a run. */
interface Truth {
  status: RunStatus;
  /** Why it ended like this; while it runs, why no worker can continue it, null if one can. */
  message: string | null;
  closedAt: Date | null;
}

export const reconcileActivities = (deps: ReconcileDeps) => ({
  /**
   * Makes pipeline_runs agree with Temporal. It closes rows whose workflow has ended without closing them, and adds rows of
   * runs that have none: they were ended before a worker took them, or still wait for one. Rows of runs that no worker can
   * continue say so, until one can.
   * @returns how many rows it closed or added
   */
  async reconcileRuns(): Promise<number> {
    let corrected = 0;
    for (const run of await openRuns(deps.pool)) {
      const truth = await truthOf(deps.client, run);
      if (await close(deps.pool, run, truth)) corrected++;
      else await recordStuck(deps.pool, run, truth.message);
    }
    const missing = await runsWithoutRow(deps);
    for (const run of missing) await addRow(deps, run);
    return corrected + missing.length;
  },
});

/** Closes the row of a run if Temporal says that it has ended. @returns whether it did */
export const closeIfEnded = async ({ pool, client }: ReconcileDeps, run: RunKey): Promise<boolean> =>
  close(pool, run, await truthOf(client, run));

/** A workflow task that has failed this often in a row will always fail, such as after an incompatible deployment. */
const STUCK_ATTEMPTS = 5;

/** Whether a run is open and makes no progress: no worker can continue its workflow, or a page of it. */
export async function isStuck({ client }: ReconcileDeps, { workflowId, runId }: RunKey): Promise<boolean> {
  return (await stuckPart(client, await client.workflow.getHandle(workflowId, runId).describe())) !== null;
}

/** The workflow of an open run that no worker can continue: its own, or that of a page; null if there is none. */
async function stuckPart(
  client: ReconcileDeps['client'],
  run: WorkflowExecutionDescription,
): Promise<WorkflowExecutionDescription | null> {
  if ((run.raw.pendingWorkflowTask?.attempt ?? 0) >= STUCK_ATTEMPTS) return run;
  for (const { workflowId, runId, workflowTypeName } of run.raw.pendingChildren ?? []) {
    if (workflowTypeName !== WORKFLOWS.page) continue;
    const page = await client.workflow.getHandle(workflowId!, runId!).describe();
    const stuck = await stuckPart(client, page);
    if (stuck) return stuck;
  }
  return null;
}

async function close(pool: pg.Pool, run: RunKey, { status, message, closedAt }: Truth): Promise<boolean> {
  if (status === 'running') return false;
  const closing = { ...run, status, errorType: 'Reconciled', errorMessage: message };
  await closeRun(pool, closing, closedAt ?? new Date());
  return true;
}

/** If the run continued as new, it is running while the last run of its chain is. */
async function truthOf(client: ReconcileDeps['client'], { workflowId, runId }: RunKey): Promise<Truth> {
  try {
    // firstExecutionRunId follows the chain, but not other runs with the same workflow id
    const last = await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId }).describe();
    const own = firstRunOf(last) === runId ? last : await client.workflow.getHandle(workflowId, runId).describe();
    const status = CLOSED_STATUSES[own.status.name];
    if (!status) return { status: 'running', message: await stuckBecause(client, own), closedAt: null };
    const reason = await reasonOf(client, own);
    const message = `Temporal reports ${own.status.name}${reason ? `: ${reason}` : ''}; the run could not close its row itself`;
    return { status, message, closedAt: own.closeTime ?? null };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { status: 'lost', message: 'Temporal deleted its history before the run closed its row', closedAt: null };
  }
}

const firstRunOf = ({ raw, runId }: WorkflowExecutionDescription): string =>
  raw.workflowExecutionInfo?.firstRunId ?? runId;

/** Why no worker can continue an open run, and what to do; null if one can. */
async function stuckBecause(
  client: ReconcileDeps['client'],
  run: WorkflowExecutionDescription,
): Promise<string | null> {
  const stuck = await stuckPart(client, run);
  if (!stuck) return null;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId: stuck.workflowId, runId: stuck.runId },
    maximumPageSize: LATEST_EVENTS,
  });
  const failures = history?.events?.map((event) => event.workflowTaskFailedEventAttributes?.failure?.message);
  const why = failures?.find(Boolean) ?? 'its workflow task keeps failing';
  return (
    `no worker can continue this run: ${why}. It has lost nothing, and goes on by itself as soon as only workers of a version ` +
    'run that is compatible with the one that began it'
  );
}

/** What an operator gave as reason, or how it failed; null if neither is known. */
async function reasonOf(
  { workflowService, options }: ReconcileDeps['client'],
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<string | null> {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: CLOSE_EVENT,
  });
  const last = history?.events?.at(-1);
  return (
    last?.workflowExecutionTerminatedEventAttributes?.reason ||
    last?.workflowExecutionFailedEventAttributes?.failure?.message ||
    null
  );
}

/** Top-level runs of our pipelines that Temporal lists and pipeline_runs does not have. */
async function runsWithoutRow({ pool, client }: ReconcileDeps): Promise<WorkflowExecutionDescription[]> {
  const [from, until] = [Date.now() - LOOK_BACK_MS, Date.now() - OPENS_ITSELF_MS].map((at) => new Date(at));
  const query = `TaskQueue = '${PIPELINE_QUEUE}' AND StartTime BETWEEN '${from!.toISOString()}' AND '${until!.toISOString()}'`;
  const listed: RunKey[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list({ query }))
    if (type in PIPELINE_OF_TYPE) listed.push({ workflowId, runId });
  const known = await runsWithRow(pool, listed);
  const found: WorkflowExecutionDescription[] = [];
  for (const { workflowId, runId } of listed.filter((run) => !known.has(run.runId))) {
    const run = await client.workflow.getHandle(workflowId, runId).describe();
    if (firstRunOf(run) === runId) found.push(run); // else it continues a run that has a row
  }
  return found;
}

async function addRow(
  { pool, client, clockOffsetMs }: ReconcileDeps,
  run: WorkflowExecutionDescription,
): Promise<void> {
  const key = { workflowId: run.workflowId, runId: run.runId };
  const pipeline =
    (run.typedSearchAttributes.get(SEARCH_KEYS.pipeline) as Pipeline | undefined) ?? PIPELINE_OF_TYPE[run.type]!;
  const scheduledAt = run.typedSearchAttributes.get(SCHEDULED_START)?.getTime() ?? null;
  const startedAt = run.startTime.getTime();
  const nominalAt = nominalTime(pipeline, (scheduledAt ?? startedAt) + clockOffsetMs);
  await openRun(pool, { ...key, pipeline, trigger: triggerOf(run), nominalAt, scheduledAt, startedAt });
  await close(pool, key, await truthOf(client, key));
}

function triggerOf({ typedSearchAttributes }: WorkflowExecutionDescription): Trigger {
  const trigger = typedSearchAttributes.get(SEARCH_KEYS.trigger);
  return TRIGGERS.find((known) => known === trigger) ?? 'manual';
}
