import { describe, expect, it } from 'vitest';
import type { BucketCounts } from '../../db/repositories/runs/status-reader.js';
import { RUN_STATUSES, type RunStatus } from '../../domain/run.js';
import { bucketsOf } from './timeline.js';

const count = (minute: number, status: RunStatus, runs = 1): BucketCounts => ({
  pipeline: 'stocks_1min',
  time: new Date(Date.UTC(2026, 10, 24, 15, minute)),
  status,
  runs,
  rowsInserted: 7 * runs,
  rowsRejected: 1,
  workflowId: `stocks_1min-${minute}-${status}`,
  runId: '01900000-0000-7000-8000-000000000001',
});

describe('buckets of the timeline', () => {
  it('count the runs that started in them, in order', () => {
    expect(bucketsOf([count(0, 'succeeded', 9), count(0, 'partial'), count(10, 'skipped', 10)])).toMatchObject([
      { time: '2026-11-24T15:00:00.000Z', runs: 10, byStatus: { succeeded: 9, partial: 1 }, rowsInserted: 70 },
      { time: '2026-11-24T15:10:00.000Z', runs: 10, byStatus: { skipped: 10 }, worst: { status: 'skipped' } },
    ]);
  });

  it.each(RUN_STATUSES.filter((status) => !['succeeded', 'skipped'].includes(status)))(
    'name a run that is %s before all runs that succeeded, in any order',
    (status) => {
      const counts = [count(0, 'skipped', 5), count(0, status), count(0, 'succeeded', 3)];
      const worst = { workflowId: `stocks_1min-0-${status}`, status };
      expect(bucketsOf(counts)).toMatchObject([{ worst }]);
      expect(bucketsOf(counts.toReversed())).toMatchObject([{ worst }]);
    },
  );
});
