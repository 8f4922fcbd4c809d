import { describe, expect, it } from 'vitest';
import { type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import { SCHEDULES } from '../contracts/schedules.js';
import { wantedSchedules } from './schedules.js';

const BY_ID = new Map<string, ScheduleOptions>(wantedSchedules().map((schedule) => [schedule.scheduleId, schedule]));

describe('the schedules', () => {
  it('have the ids that other programs know', () => {
    expect([...BY_ID.keys()].sort()).toEqual(Object.values(SCHEDULES).sort());
  });
  it('fire for stocks ten seconds past each minute, every day: some exchanges trade on Sundays', () => {
    expect(BY_ID.get('stocks_1min')!.spec).toEqual({
      timezone: 'UTC',
      calendars: [{ hour: '*', minute: { start: 0, end: 59, step: 1 }, second: 10 }],
    });
  });
  it('fire for coins every twenty minutes, every day', () => {
    expect(BY_ID.get('crypto_20min')!.spec).toEqual({
      timezone: 'UTC',
      calendars: [{ hour: '*', minute: { start: 0, end: 59, step: 20 }, second: 0 }],
    });
  });
  it('fire for coins at once when they are created, and for nothing else', () => {
    const atOnce = wantedSchedules().filter(({ state }) => state?.triggerImmediately);
    expect(atOnce.map(({ scheduleId }) => scheduleId)).toEqual(['crypto_20min']);
  });
  it('let live runs overlap, so that a backfill by the CLI does not drop live runs', () => {
    for (const id of ['stocks_1min', 'stocks_1d', 'crypto_20min']) {
      expect(BY_ID.get(id)!.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.ALLOW_ALL });
    }
  });
  it('fire for upkeep and maintenance at intervals, one run at a time', () => {
    const spec = (id: string) => BY_ID.get(id)!.spec.intervals;
    expect(spec('heal_gaps')).toEqual([{ every: 1_800_000, offset: 300_000 }]);
    expect(spec('verify_bars')).toEqual([{ every: 1_800_000, offset: 60_000 }]);
    expect(spec('reconcile_runs')).toEqual([{ every: 300_000, offset: 0 }]);
    expect(spec('housekeeping')).toEqual([{ every: 3_600_000, offset: 1_200_000 }]);
    expect(spec('backup')).toEqual([{ every: 86_400_000, offset: 9_000_000 }]);
    for (const id of ['heal_gaps', 'verify_bars', 'reconcile_runs', 'housekeeping', 'backup']) {
      expect(BY_ID.get(id)!.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP });
    }
  });
  it('start each upkeep pipeline as a workflow of its own', () => {
    const typeOf = (id: string) => (BY_ID.get(id)!.action as { workflowType: string }).workflowType;
    expect([typeOf('heal_gaps'), typeOf('verify_bars')]).toEqual(['HealWorkflow', 'VerifyWorkflow']);
  });
});
