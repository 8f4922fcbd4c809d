import type { ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';

/** Every activity heartbeats by itself (activities/interceptor.ts), so a dead worker is noticed within this. */
const heartbeatTimeout = '5s';
/** Database work waits out a restart of the database: its input is stored, nothing is asked again. */
const database: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: { initialInterval: '500ms', maximumInterval: '5s' },
};

/** Upkeep reads the whole store, which may take a while. */
const upkeep: ActivityOptions = { ...database, startToCloseTimeout: '5 minutes' };

/** The one table of timeouts and retries. */
export const OPTIONS = {
  openRun: { ...database, startToCloseTimeout: '10s' },
  closeRun: { ...database, startToCloseTimeout: '10s' }, // retried for ever: a run without an end is a lie
  reconcileRuns: database,
  planLive: { ...database, scheduleToCloseTimeout: '5 minutes' },
  planBackfill: database,
  extract: { startToCloseTimeout: '15s', scheduleToCloseTimeout: '45s', heartbeatTimeout }, // live: the next tick asks again
  judgeCoverage: upkeep,
  reportGaps: upkeep,
  compareWithDays: upkeep,
  planReplay: upkeep,
  planHeal: upkeep,
  planVerify: upkeep,
  planAdjust: upkeep,
  applySplits: upkeep,
  declareOutage: database,
  endOutage: database,
  transform: database,
  load: database,
} satisfies Record<keyof Activities, ActivityOptions>;

/** Bulk work has time: it waits for the provider, live work goes first. */
export const BULK_EXTRACT: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout,
  retry: { initialInterval: '2s', maximumInterval: '1 minute' },
};

/** Pipelines whose next tick is far away keep trying instead. */
export const PATIENT_EXTRACT: ActivityOptions = {
  ...OPTIONS.extract,
  scheduleToCloseTimeout: '15 minutes',
  retry: { maximumInterval: '30s' },
};

/** Requests of one run that are under way at once; the providers' own limits are narrower. */
export const CONCURRENCY = 64;
/** Up to so many assets are transformed and loaded one by one, beyond that in groups of as many. */
export const GROUP_SIZE = 25;
