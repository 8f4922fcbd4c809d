import { createHash } from 'node:crypto';
import {
  type Client,
  type IntervalSpec,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import {
  type Grid,
  type LivePipeline,
  MAINTENANCE,
  type MaintenancePipeline,
  PIPELINES,
  UPKEEP,
} from '../config/catalog/schedules.js';
import { BULK_PRIORITY, PIPELINE_QUEUE } from '../contracts/queues.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { searchAttributes } from '../contracts/start-options.js';
import { DETAILS, type WorkflowType } from '../contracts/workflow-details.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { DAY, MINUTE } from '../domain/timeframe.js';
import { changeSchedule } from './change-schedule.js';
import { isOffNote, type SchedulesOff } from './schedules-off.js';

/** For what can be backfilled. Shorter than the delay by which a run is taken for a `temporal schedule backfill` (BACKFILL_AFTER_MS). */
const CATCH_UP_MS = 5 * MINUTE;
/** In the memo of what a schedule starts: a digest of the schedule's definition. A schedule's own memo can never change. */
const DEFINITION = 'scheduleDefinition';
const DIGEST_LENGTH = 12;
const TIMINGS = { ...PIPELINES, ...UPKEEP, ...MAINTENANCE };

/** What sets a schedule apart from the others. */
interface Row {
  id: keyof typeof SCHEDULES;
  workflow: WorkflowType;
  args?: unknown[];
  spec: ScheduleSpec;
  overlap: ScheduleOverlapPolicy;
  catchUpMs: number;
  runTimeout?: '2 hours' | '6 hours';
  priority?: typeof BULK_PRIORITY;
  attributes: ReturnType<typeof searchAttributes>;
  /** Runs once when it is created, not only at its first fire. */
  atOnce?: boolean;
}

/**
 * The schedules. The times at which they fire are in config/catalog/schedules.ts. They fire on every day of the week: the
 * calendars decide what is due. Riyadh trades on Sundays, and Sydney's Monday begins on Sunday in UTC.
 */
export function wantedSchedules() {
  return [
    live('stocks_1min', WORKFLOWS.stocks),
    live('stocks_1d', WORKFLOWS.stocks),
    // its first fire may be 20 minutes away, and until then coins would have no live price
    { ...live('crypto_20min', WORKFLOWS.crypto), atOnce: true },
    live('us_stocks_1min', WORKFLOWS.stocks),
    live('crypto_1min', WORKFLOWS.crypto),
    upkeep('heal_gaps', WORKFLOWS.heal, 'heal'),
    upkeep('verify_bars', WORKFLOWS.verify, 'verify'),
    maintenance('reconcile_runs', WORKFLOWS.reconcile),
    maintenance('alerts', WORKFLOWS.alerts),
    maintenance('housekeeping', WORKFLOWS.housekeeping),
    // a machine that is off at night backs up once it is on
    { ...maintenance('backup', WORKFLOWS.backup), catchUpMs: DAY },
  ].map(optionsOf);
}

/**
 * Live schedules let runs overlap: with SKIP, a `temporal schedule backfill` makes Temporal drop every live fire. Fires
 * that were missed while everything was down are hardly caught up, because the next run fetches what is missing.
 */
const live = (id: LivePipeline, workflow: WorkflowType): Row => ({
  id,
  workflow,
  args: [{ pipeline: id }],
  spec: { calendars: [timesOf(PIPELINES[id])], timezone: 'UTC' },
  overlap: ScheduleOverlapPolicy.ALLOW_ALL,
  catchUpMs: Math.min(PIPELINES[id].gridMs, CATCH_UP_MS),
  runTimeout: '2 hours',
  attributes: searchAttributes(id, 'schedule'),
});

const upkeep = (id: keyof typeof UPKEEP, workflow: WorkflowType, trigger: 'heal' | 'verify'): Row => ({
  id,
  workflow,
  args: [{}],
  spec: { intervals: [intervalOf(UPKEEP[id])] },
  overlap: ScheduleOverlapPolicy.SKIP,
  catchUpMs: CATCH_UP_MS,
  runTimeout: '6 hours',
  priority: BULK_PRIORITY,
  attributes: searchAttributes(id, trigger),
});

const maintenance = (id: MaintenancePipeline, workflow: WorkflowType): Row => ({
  id,
  workflow,
  spec: { intervals: [intervalOf(MAINTENANCE[id])] },
  overlap: ScheduleOverlapPolicy.SKIP,
  catchUpMs: MINUTE,
  attributes: searchAttributes(id, 'schedule'),
});

function optionsOf({
  id,
  workflow,
  args = [],
  spec,
  overlap,
  catchUpMs,
  runTimeout,
  priority,
  attributes,
  atOnce,
}: Row) {
  const { title } = TIMINGS[id];
  const options = {
    scheduleId: SCHEDULES[id],
    spec,
    action: {
      type: 'startWorkflow' as const,
      workflowType: workflow,
      workflowId: id,
      args,
      taskQueue: PIPELINE_QUEUE,
      staticSummary: `${id}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
      staticDetails: DETAILS[workflow],
      ...(runTimeout && { workflowRunTimeout: runTimeout }),
      ...(priority && { priority }),
      typedSearchAttributes: attributes,
    },
    policies: { overlap, catchupWindow: catchUpMs },
    ...(atOnce && { state: { triggerImmediately: true } }),
  };
  return { ...options, action: { ...options.action, memo: { [DEFINITION]: digestOf(options) } } };
}

const digestOf = (options: object): string =>
  createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, DIGEST_LENGTH);

/** A grid of whole minutes that divides an hour, for a calendar. */
const timesOf = ({ gridMs, offsetMs }: Grid) => ({
  hour: '*' as const,
  minute: { start: 0, end: 59, step: gridMs / MINUTE },
  second: (offsetMs % MINUTE) / 1000,
});

const intervalOf = ({ gridMs, offsetMs }: Grid): IntervalSpec => ({ every: gridMs, offset: offsetMs });

/** A schedule of our workflows that is none of ours (any more): it fires into an error, or does work twice. */
export interface UnknownSchedule {
  id: string;
  workflowType: string;
  paused: boolean;
}

/**
 * Creates the schedules that are missing and updates those whose definition has changed; others stay untouched. What an
 * operator changed in a schedule's state (its pause and note) survives an update. A schedule is paused while it would fire
 * for nothing.
 * @returns schedules that this build does not know
 */
export async function applySchedules(client: Client, off: SchedulesOff = new Map()): Promise<UnknownSchedule[]> {
  const created = new Set(await createMissingSchedules(client, off));
  const schedules = wantedSchedules();
  for (const wanted of schedules.filter(({ scheduleId }) => !created.has(scheduleId))) {
    const offNote = off.get(wanted.scheduleId);
    await changeSchedule(client, wanted.scheduleId, ({ action, state }) => {
      const pause = pauseToChange(state, offNote);
      if (action.memo?.[DEFINITION] === wanted.action.memo[DEFINITION] && !pause) return null;
      return { ...wanted, state: { ...state, ...pause } };
    });
  }
  return unknownSchedules(client, new Set(schedules.map(({ scheduleId }) => scheduleId)));
}

/** How the state of a schedule has to change so that it does not fire for nothing, and does when it can; null if it is right. */
function pauseToChange(
  { paused, note }: Pick<ScheduleDescription['state'], 'paused' | 'note'>,
  offNote: string | undefined,
): { paused: boolean; note: string } | null {
  if (offNote !== undefined) return paused ? null : { paused: true, note: offNote };
  return paused && isOffNote(note) ? { paused: false, note: 'it has something to do again' } : null;
}

/** Creates the schedules that are missing; those that would fire for nothing are paused. @returns their ids */
export async function createMissingSchedules(client: Client, off: SchedulesOff = new Map()): Promise<string[]> {
  const created: string[] = [];
  for (const wanted of wantedSchedules()) {
    const note = off.get(wanted.scheduleId);
    try {
      await client.schedule.create(note === undefined ? wanted : { ...wanted, state: { paused: true, note } });
      created.push(wanted.scheduleId);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
  return created;
}

/** Pauses a schedule that this build does not know. One that an operator has paused keeps its note. */
export async function pauseUnknown(client: Client, { id, paused }: UnknownSchedule): Promise<void> {
  if (paused) return;
  const note = 'paused by the set-up: this build does not know this schedule';
  await changeSchedule(client, id, (now) =>
    now.state.paused ? null : { ...now, state: { ...now.state, paused: true, note } },
  );
}

async function unknownSchedules(client: Client, known: ReadonlySet<string>): Promise<UnknownSchedule[]> {
  const types: ReadonlySet<string> = new Set(Object.values(WORKFLOWS));
  const unknown: UnknownSchedule[] = [];
  for await (const { scheduleId: id, action, state } of client.schedule.list()) {
    const workflowType = action?.workflowType;
    if (workflowType && types.has(workflowType) && !known.has(id))
      unknown.push({ id, workflowType, paused: state.paused });
  }
  return unknown;
}
