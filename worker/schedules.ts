import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { PIPELINES, UPKEEP, type UpkeepPipeline } from '../config/catalog/schedules.js';
import { MINUTE } from '../domain/timeframe.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { SEARCH_KEYS } from '../contracts/search-attributes.js';

/** Shorter than what tells a late run from a `temporal schedule backfill` (workflows/run.ts). */
const CATCH_UP_MS = 5 * MINUTE;
const WEEKDAYS = [{ start: 'MONDAY' as const, end: 'FRIDAY' as const }];

/**
 * The live schedules and the housekeeping, a row each. Overlap is ALLOW_ALL: with SKIP, a `temporal schedule backfill`
 * makes Temporal drop every live fire. Fires missed while all was down are hardly caught up: the next one's plan heals them.
 * @param clockOffsetMs with a moved market clock, weekdays of the wall clock mean nothing: the calendar alone decides
 */
export function wantedSchedules(clockOffsetMs: number): ScheduleOptions[] {
  const days = clockOffsetMs === 0 ? { dayOfWeek: WEEKDAYS } : {};
  const every = (gridMs: number) => ({ hour: '*' as const, minute: { start: 0, end: 59, step: gridMs / MINUTE } });
  const second = (offsetMs: number) => (offsetMs % MINUTE) / 1000;
  const live = (pipeline: keyof typeof PIPELINES, workflowType: string, limits: object): ScheduleOptions => {
    const { gridMs, offsetMs } = PIPELINES[pipeline];
    return {
      scheduleId: SCHEDULES[pipeline],
      spec: { calendars: [{ ...every(gridMs), second: second(offsetMs), ...limits }], timezone: 'UTC' },
      action: {
        type: 'startWorkflow',
        workflowType,
        workflowId: pipeline,
        args: [{ pipeline }],
        taskQueue: PIPELINE_QUEUE,
        workflowRunTimeout: '2 hours',
        typedSearchAttributes: new TypedSearchAttributes([
          { key: SEARCH_KEYS.pipeline, value: pipeline },
          { key: SEARCH_KEYS.trigger, value: 'schedule' },
        ]),
      },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: Math.min(gridMs, CATCH_UP_MS) },
    };
  };
  const upkeep = (pipeline: UpkeepPipeline): ScheduleOptions => ({
    scheduleId: SCHEDULES[pipeline],
    spec: { intervals: [{ every: UPKEEP[pipeline].gridMs, offset: UPKEEP[pipeline].offsetMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.heal,
      workflowId: pipeline,
      args: [{ pipeline }],
      taskQueue: PIPELINE_QUEUE,
      workflowRunTimeout: '6 hours',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH_KEYS.pipeline, value: pipeline },
        { key: SEARCH_KEYS.trigger, value: pipeline === 'heal_gaps' ? 'heal' : 'verify' },
      ]),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
  });
  return [
    live('stocks_1min', WORKFLOWS.stocks, days),
    live('stocks_1d', WORKFLOWS.stocks, days),
    live('crypto_20min', WORKFLOWS.crypto, {}),
    upkeep('heal_gaps'),
    upkeep('verify_bars'),
    {
      scheduleId: SCHEDULES.reconcile_runs,
      spec: { intervals: [{ every: '5 minutes' }] },
      action: {
        type: 'startWorkflow',
        workflowType: WORKFLOWS.reconcile,
        workflowId: SCHEDULES.reconcile_runs,
        args: [],
        taskQueue: PIPELINE_QUEUE,
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    },
  ];
}

/** Creates the schedules, or brings those that exist up to date; an operator's pause survives. */
export async function applySchedules(client: Client, clockOffsetMs: number): Promise<void> {
  for (const wanted of wantedSchedules(clockOffsetMs)) {
    try {
      await client.schedule.create(wanted);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await client.schedule.getHandle(wanted.scheduleId).update((previous) => ({ ...wanted, state: previous.state }));
    }
  }
}
