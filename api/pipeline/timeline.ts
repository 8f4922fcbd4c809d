import type { BucketCounts } from '../../db/repositories/runs/status-reader.js';
import type { RunStatus } from '../../domain/run.js';
import type { BucketBody } from './timeline.schema.js';

/** Statuses by how urgently an operator should see them. */
const WORST_FIRST: readonly RunStatus[] = [
  'failed',
  'timed_out',
  'terminated',
  'lost',
  'partial',
  'cancelled',
  'running',
  'succeeded',
  'skipped',
];

/** @param counts the counts of one pipeline, ascending by time */
export function bucketsOf(counts: readonly BucketCounts[]): BucketBody[] {
  const buckets = Map.groupBy(counts, ({ time }) => time.getTime());
  return [...buckets].map(([time, states]) => {
    const sum = (key: 'runs' | 'rowsInserted' | 'rowsRejected') =>
      states.reduce((total, state) => total + state[key], 0);
    const [worst] = states.toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
    const { workflowId, runId, status } = worst!;
    return {
      time: new Date(time).toISOString(),
      runs: sum('runs'),
      byStatus: Object.fromEntries(states.map((state) => [state.status, state.runs])),
      rowsInserted: sum('rowsInserted'),
      rowsRejected: sum('rowsRejected'),
      worst: { workflowId, runId, status },
    };
  });
}
