import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { CLOSED_STATUSES } from '../../contracts/run-statuses.js';
import { PIPELINE_OF_TYPE } from '../../contracts/workflows.js';
import type { RunKey, RunStatus } from '../../domain/run.js';
import type { Finding } from './compare-bars.js';

/** A workflow whose runs have a row, as Temporal lists it. */
export interface ListedWorkflow extends RunKey {
  /** Temporal's status, such as COMPLETED; of a workflow that continued as new, that of its latest run. */
  status: string;
}

export interface RunRow extends RunKey {
  status: RunStatus;
}

/** Statuses that a run gives itself when its workflow completes. */
const OWN_STATUSES: readonly RunStatus[] = ['succeeded', 'partial', 'skipped', 'failed'];

/** All workflows of a namespace whose runs have a row. */
export async function listWorkflows({ workflow }: Client): Promise<ListedWorkflow[]> {
  const listed: WorkflowExecutionInfo[] = [];
  // some of them are started by another run, and have their own row all the same
  for await (const one of workflow.list()) if (one.type in PIPELINE_OF_TYPE) listed.push(one);
  const byId = Map.groupBy(listed, ({ workflowId }) => workflowId);
  const found = new Map<string, ListedWorkflow>();
  // the latest first, so that the first of a chain's runs found is its latest
  for (const [workflowId, runs] of byId)
    for (const { runId, status } of runs) {
      // only the description of a run says which chain it belongs to
      const described = runs.length > 1 ? await workflow.getHandle(workflowId, runId).describe() : null;
      const key: RunKey = { workflowId, runId: described?.raw.workflowExecutionInfo?.firstRunId || runId };
      if (!found.has(key.runId)) found.set(key.runId, { ...key, status: status.name });
    }
  return [...found.values()];
}

/** Gives a RunRow for each run. */
export const RUN_ROWS = `select workflow_id as "workflowId", run_id as "runId", status from pipeline_runs`;

/** Where pipeline_runs disagrees with Temporal's list. */
export function compareRuns(listed: ListedWorkflow[], rows: RunRow[]): Finding[] {
  const findings: Finding[] = [];
  const find = (what: string) => findings.push({ kind: 'runs', what });
  const byKey = new Map<string, RunRow[]>();
  for (const row of rows) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  for (const workflow of listed) {
    const own = byKey.get(keyOf(workflow)) ?? [];
    byKey.delete(keyOf(workflow));
    if (own.length !== 1) find(`${workflow.workflowId} has ${own.length} rows`);
    for (const { status } of own)
      if (!agrees(workflow.status, status)) find(`${workflow.workflowId} is ${status}, in Temporal ${workflow.status}`);
  }
  for (const [row] of byKey.values()) find(`${row!.workflowId} is ${row!.status}, and Temporal does not list it`);
  return findings;
}

const keyOf = ({ workflowId, runId }: RunKey): string => `${workflowId} ${runId}`;

/** A running workflow may have closed its row: closing it is its last activity. */
function agrees(workflow: string, row: RunStatus): boolean {
  if (workflow === 'RUNNING') return row === 'running' || OWN_STATUSES.includes(row);
  return workflow === 'COMPLETED' ? OWN_STATUSES.includes(row) : row === CLOSED_STATUSES[workflow];
}
