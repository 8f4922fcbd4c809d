import { describe, expect, it } from 'vitest';
import { compareRuns, type ListedWorkflow, type RunRow } from './compare-runs.js';

const workflow = (runId: string, status: string): ListedWorkflow => ({ workflowId: 'backfill', runId, status });
const row = (runId: string, status: RunRow['status']): RunRow => ({ workflowId: 'backfill', runId, status });
const findings = (listed: ListedWorkflow[], rows: RunRow[]) => compareRuns(listed, rows).map(({ what }) => what);

describe('the comparison of pipeline_runs with the list of Temporal', () => {
  it('finds nothing if every workflow has its row, with what became of it', () => {
    const listed = ['COMPLETED', 'COMPLETED', 'CANCELLED', 'TERMINATED', 'RUNNING', 'RUNNING'].map((status, i) =>
      workflow(`${i}`, status),
    );
    const statuses = ['skipped', 'partial', 'cancelled', 'terminated', 'running', 'succeeded'] as const;
    expect(
      findings(
        listed,
        statuses.map((status, i) => row(`${i}`, status)),
      ),
    ).toEqual([]);
  });

  it('finds a row that is open without an open workflow', () => {
    expect(findings([workflow('1', 'COMPLETED')], [row('1', 'running')])).toEqual([
      'backfill is running, in Temporal COMPLETED',
    ]);
  });

  it('finds workflows without a row or with two, and rows without a workflow', () => {
    expect(findings([workflow('1', 'COMPLETED')], [])).toEqual(['backfill has 0 rows']);
    expect(findings([workflow('1', 'FAILED')], [row('1', 'failed'), row('1', 'failed')])).toEqual([
      'backfill has 2 rows',
    ]);
    expect(findings([], [row('1', 'succeeded')])).toEqual(['backfill is succeeded, and Temporal does not list it']);
  });

  it('finds a row that says something else than Temporal', () => {
    expect(findings([workflow('1', 'TERMINATED')], [row('1', 'succeeded')])).toEqual([
      'backfill is succeeded, in Temporal TERMINATED',
    ]);
  });
});
