import { describe, expect, it } from '@jest/globals';
import type { Timeline, TimelineSlot } from './api/types';
import { countsOf, hoursOf, marksOf, nearest } from './timeline-view';

const RUN = { workflowId: 'stocks_1min-1', runId: '01a20b87-5c79-74c6-b153-df3113f1834b' };
const slot = (time: string, byStatus: TimelineSlot['byStatus'], status: TimelineSlot['worst']['status']) => ({
  time: `2026-11-24T${time}:00.000Z`,
  runs: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
  byStatus,
  rowsInserted: 0,
  rowsRejected: 0,
  worst: { ...RUN, status },
});
const SLOTS = [
  slot('02:50', { failed: 1, succeeded: 9 }, 'failed'),
  slot('03:00', { succeeded: 10 }, 'succeeded'),
  slot('03:10', { skipped: 10 }, 'skipped'),
];
const DAY: Timeline = {
  from: '2026-11-23T03:20:00.000Z',
  to: '2026-11-24T03:20:00.000Z',
  slotSeconds: 600,
  pipelines: [{ pipeline: 'stocks_1min', slots: SLOTS }],
};

describe('marks of the timeline', () => {
  it('stand in the middle of their slots, what failed on top', () => {
    const marks = marksOf(SLOTS, DAY);
    expect(marks.map(({ kind }) => kind)).toEqual(['good', 'idle', 'bad']);
    expect(marks.map(({ at }) => Math.round(at * 288))).toEqual([285, 287, 283]);
  });

  it('are found by the nearest place', () => {
    expect(nearest(SLOTS, 1, DAY)).toBe(2);
    expect(nearest(SLOTS, 285.2 / 288, DAY)).toBe(1);
    expect(nearest(SLOTS, 0, DAY)).toBe(0);
    expect(nearest([], 0.5, DAY)).toBeNull();
  });

  it('lie over the hours of UTC', () => {
    const hours = hoursOf(DAY, 6).map(({ time }) => new Date(time).toISOString().slice(11, 16));
    expect(hours).toEqual(['06:00', '12:00', '18:00', '00:00']);
  });
});

describe('what a timeline says', () => {
  it.each([
    [[], 'no runs'],
    [[SLOTS[0]!], '10 runs: 9 succeeded, 1 failed'],
    [[SLOTS[1]!], '10 runs, all succeeded'],
    [[slot('03:00', { partial: 1 }, 'partial')], '1 run, partial'],
    [SLOTS, '30 runs: 19 succeeded, 10 skipped, 1 failed'],
  ])('is counted: case %#', (slots, text) => {
    expect(countsOf(slots)).toBe(text);
  });
});
