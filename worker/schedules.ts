import {
  type Client,
  type IntervalSpec,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import { type Grid, type LivePipeline, MAINTENANCE, PIPELINES, UPKEEP } from '../config/catalog/schedules.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { searchAttributes } from '../contracts/start-options.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { MINUTE } from '../domain/timeframe.js';

/** Shorter than the delay by which a run is taken for a `temporal schedule backfill` (BACKFILL_AFTER_MS). */
const CATCH_UP_MS = 5 * MINUTE;
const WEEKDAYS = [{ start: 'MONDAY' as const, end: 'FRIDAY' as const }];

/** What sets a schedule apart from the others. */
interface Row {
  id: keyof typeof SCHEDULES;
  workflow: string;
  args?: unknown[];
  spec: ScheduleSpec;
  overlap: ScheduleOverlapPolicy;
  catchUpMs: number;
  runTimeout?: '2 hours' | '6 hours';
  attributes?: ReturnType<typeof searchAttributes>;
  /** Runs once when it is created, not only at its first fire. */
  atOnce?: boolean;
}

/**
 * The schedules. The times at which they fire are in config/catalog/schedules.ts.
 * @param clockOffsetMs with a shifted market clock, the wall clock's weekdays mean nothing: the calendar alone decides
 */
export function wantedSchedules(clockOffsetMs: number): ScheduleOptions[] {
  const weekdays = clockOffsetMs === 0 ? { dayOfWeek: WEEKDAYS } : {};
  return [
    live('stocks_1min', WORKFLOWS.stocks, weekdays),
    live('stocks_1d', WORKFLOWS.stocks, weekdays),
    // its first fire may be 20 minutes away, and until then coins would have no live price
    { ...live('crypto_20min', WORKFLOWS.crypto), atOnce: true },
    upkeep('heal_gaps', WORKFLOWS.heal, 'heal'),
    upkeep('verify_bars', WORKFLOWS.verify, 'verify'),
    maintenance('reconcile_runs', WORKFLOWS.reconcile),
    maintenance('housekeeping', WORKFLOWS.housekeeping),
  ].map(optionsOf);
}

/**
 * Live schedules let runs overlap: with SKIP, a `temporal schedule backfill` makes Temporal drop every live fire. Fires
 * that were missed while everything was down are hardly caught up, because the next run fetches what is missing.
 */
const live = (id: LivePipeline, workflow: string, days: object = {}): Row => ({
  id,
  workflow,
  args: [{ pipeline: id }],
  spec: { calendars: [{ ...timesOf(PIPELINES[id]), ...days }], timezone: 'UTC' },
  overlap: ScheduleOverlapPolicy.ALLOW_ALL,
  catchUpMs: Math.min(PIPELINES[id].gridMs, CATCH_UP_MS),
  runTimeout: '2 hours',
  attributes: searchAttributes(id, 'schedule'),
});

const upkeep = (id: keyof typeof UPKEEP, workflow: string, trigger: 'heal' | 'verify'): Row => ({
  id,
  workflow,
  args: [{}],
  spec: { intervals: [intervalOf(UPKEEP[id])] },
  overlap: ScheduleOverlapPolicy.SKIP,
  catchUpMs: CATCH_UP_MS,
  runTimeout: '6 hours',
  attributes: searchAttributes(id, trigger),
});

const maintenance = (id: keyof typeof MAINTENANCE, workflow: string): Row => ({
  id,
  workflow,
  spec: { intervals: [intervalOf(MAINTENANCE[id])] },
  overlap: ScheduleOverlapPolicy.SKIP,
  catchUpMs: MINUTE,
});

const optionsOf = ({ id, workflow, args = [], spec, overlap, catchUpMs, runTimeout, attributes, atOnce }: Row) => ({
  scheduleId: SCHEDULES[id],
  spec,
  action: {
    type: 'startWorkflow' as const,
    workflowType: workflow,
    workflowId: id,
    args,
    taskQueue: PIPELINE_QUEUE,
    ...(runTimeout && { workflowRunTimeout: runTimeout }),
    ...(attributes && { typedSearchAttributes: attributes }),
  },
  policies: { overlap, catchupWindow: catchUpMs },
  ...(atOnce && { state: { triggerImmediately: true } }),
});

/** A grid of whole minutes that divides an hour, for a calendar. */
const timesOf = ({ gridMs, offsetMs }: Grid) => ({
  hour: '*' as const,
  minute: { start: 0, end: 59, step: gridMs / MINUTE },
  second: (offsetMs % MINUTE) / 1000,
});

const intervalOf = ({ gridMs, offsetMs }: Grid): IntervalSpec => ({ every: gridMs, offset: offsetMs });

/** Creates the schedules, or updates those that exist; an operator's pause survives. */
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
