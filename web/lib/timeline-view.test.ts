import { describe, expect, it } from 'vitest';
import type { Timeline, TimelineBucket } from './api/types';
import { countsOf, marksOf, nearest, ticksOf, timelineParameter, timelineRangeOf } from './timeline-view';

const RUN = { workflowId: 'stocks_1min-1', runId: '01a20b87-5c79-74c6-b153-df3113f1834b' };
const bucket = (time: string, byStatus: TimelineBucket['byStatus'], status: TimelineBucket['worst']['status']) => ({
  time: `2026-11-24T${time}:00.000Z`,
  runs: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
  byStatus,
  rowsInserted: 0,
  rowsRejected: 0,
  worst: { ...RUN, status },
});
const BUCKETS = [
  bucket('02:50', { failed: 1, succeeded: 9 }, 'failed'),
  bucket('03:00', { succeeded: 10 }, 'succeeded'),
  bucket('03:10', { skipped: 10 }, 'skipped'),
];
const DAY: Timeline = {
  from: '2026-11-23T03:20:00.000Z',
  to: '2026-11-24T03:20:00.000Z',
  slotSeconds: 600,
  pipelines: [{ pipeline: 'stocks_1min', slots: BUCKETS }],
};

describe('the marks of the timeline', () => {
  it('are centred on their buckets, failures on top', () => {
    const marks = marksOf(BUCKETS, DAY);
    expect(marks.map(({ kind }) => kind)).toEqual(['good', 'idle', 'bad']);
    expect(marks.map(({ at }) => Math.round(at * 288))).toEqual([285, 287, 283]);
  });

  it('are found by their distance from a place', () => {
    expect(nearest(BUCKETS, 1, DAY)).toBe(2);
    expect(nearest(BUCKETS, 285.2 / 288, DAY)).toBe(1);
    expect(nearest(BUCKETS, 0, DAY)).toBe(0);
    expect(nearest([], 0.5, DAY)).toBeNull();
  });

  it.each([
    ['2026-11-24T02:20', ['02:20', '02:30', '02:40', '02:50', '03:00', '03:10', '03:20']],
    ['2026-11-23T21:20', ['22:00', '23:00', '00:00', '01:00', '02:00', '03:00']],
    ['2026-11-23T03:20', ['06:00', '09:00', '12:00', '15:00', '18:00', '21:00', '00:00', '03:00']],
    ['2026-11-21T03:20', ['Sun 22 Nov', 'Mon 23 Nov', 'Tue 24 Nov']],
  ])('have an axis of round UTC times, from %s on', (from, labels) => {
    expect(ticksOf({ ...DAY, from: `${from}:00.000Z` }).map(({ label }) => label.replace(',', ''))).toEqual(labels);
  });

  it('reach back as far as the URL says', () => {
    expect(['7d', '1h', '2h', null].map(timelineRangeOf)).toEqual(['7d', '1h', '24h', '24h']);
    expect([timelineParameter('6h'), timelineParameter('24h')]).toEqual(['6h', null]);
  });
});

describe('the runs of a timeline in words', () => {
  it.each([
    [[], 'no runs'],
    [[BUCKETS[0]!], '10 runs: 9 succeeded, 1 failed'],
    [[BUCKETS[1]!], '10 runs, all succeeded'],
    [[bucket('03:00', { partial: 1 }, 'partial')], '1 run, partial'],
    [BUCKETS, '30 runs: 19 succeeded, 10 skipped, 1 failed'],
  ])('are counted by status: case %#', (buckets, text) => {
    expect(countsOf(buckets)).toBe(text);
  });
});
