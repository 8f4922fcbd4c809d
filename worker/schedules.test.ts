import { describe, expect, it } from '@jest/globals';
import { type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import { SCHEDULES } from '../contracts/schedules.js';
import { wantedSchedules } from './schedules.js';

const byId = (offset: number) =>
  new Map<string, ScheduleOptions>(wantedSchedules(offset).map((schedule) => [schedule.scheduleId, schedule]));

describe('the schedules', () => {
  it('have the ids that other programs know', () => {
    expect([...byId(0).keys()].sort()).toEqual(Object.values(SCHEDULES).sort());
  });
  it('fire for stocks ten seconds past each minute, on weekdays', () => {
    expect(byId(0).get('stocks_1min')!.spec).toEqual({
      timezone: 'UTC',
      calendars: [
        {
          hour: '*',
          minute: { start: 0, end: 59, step: 1 },
          second: 10,
          dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY' }],
        },
      ],
    });
  });
  it('fire for coins every twenty minutes, every day', () => {
    expect(byId(0).get('crypto_20min')!.spec).toEqual({
      timezone: 'UTC',
      calendars: [{ hour: '*', minute: { start: 0, end: 59, step: 20 }, second: 0 }],
    });
  });
  it('fire for coins at once when they are created, and for nothing else', () => {
    const atOnce = wantedSchedules(0).filter(({ state }) => state?.triggerImmediately);
    expect(atOnce.map(({ scheduleId }) => scheduleId)).toEqual(['crypto_20min']);
  });
  it('ignore weekdays when the market clock is shifted: the calendar alone decides', () => {
    expect(byId(-60_000).get('stocks_1min')!.spec.calendars![0]).not.toHaveProperty('dayOfWeek');
  });
  it('let live runs overlap, so that a backfill by the CLI does not drop live runs', () => {
    for (const id of ['stocks_1min', 'stocks_1d', 'crypto_20min']) {
      expect(byId(0).get(id)!.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.ALLOW_ALL });
    }
  });
  it('fire for upkeep and maintenance at intervals, one run at a time', () => {
    const spec = (id: string) => byId(0).get(id)!.spec.intervals;
    expect(spec('heal_gaps')).toEqual([{ every: 1_800_000, offset: 300_000 }]);
    expect(spec('verify_bars')).toEqual([{ every: 1_800_000, offset: 60_000 }]);
    expect(spec('reconcile_runs')).toEqual([{ every: 300_000, offset: 0 }]);
    expect(spec('housekeeping')).toEqual([{ every: 3_600_000, offset: 1_200_000 }]);
    for (const id of ['heal_gaps', 'verify_bars', 'reconcile_runs', 'housekeeping']) {
      expect(byId(0).get(id)!.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP });
    }
  });
  it('start each upkeep pipeline as a workflow of its own', () => {
    const typeOf = (id: string) => (byId(0).get(id)!.action as { workflowType: string }).workflowType;
    expect([typeOf('heal_gaps'), typeOf('verify_bars')]).toEqual(['HealWorkflow', 'VerifyWorkflow']);
  });
});
