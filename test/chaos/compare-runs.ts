import { CLOSED_STATUSES } from '../../contracts/run-statuses.js';
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
