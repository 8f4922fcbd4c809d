import { describe, expect, it } from '@jest/globals';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { SCHEDULES } from '../contracts/schedules.js';
import { wantedSchedules } from './schedules.js';

const byId = (offset: number) => new Map(wantedSchedules(offset).map((schedule) => [schedule.scheduleId, schedule]));

describe('the schedules', () => {
  it('are those that other programs know by name', () => {
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
  it('fire for coins every twenty minutes of every day', () => {
    expect(byId(0).get('crypto_20min')!.spec).toEqual({
      timezone: 'UTC',
      calendars: [{ hour: '*', minute: { start: 0, end: 59, step: 20 }, second: 0 }],
    });
  });
  it('know no weekdays when the market clock is moved: the calendar alone decides', () => {
    expect(byId(-60_000).get('stocks_1min')!.spec.calendars![0]).not.toHaveProperty('dayOfWeek');
  });
  it('let live runs overlap, so that a backfill by the CLI costs no live run', () => {
    for (const id of ['stocks_1min', 'stocks_1d', 'crypto_20min']) {
      expect(byId(0).get(id)!.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.ALLOW_ALL });
    }
  });
});
