import type { ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { LOOK_UP_EACH_MS } from '../contracts/look-up.js';

/** Every activity sends heartbeats by itself (activities/interceptor.ts), so a dead worker is noticed within this time. */
const heartbeatTimeout = '5s';

/** Database work waits until a restart of the database is over: its input is stored, so nothing is requested again. */
const database: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: { initialInterval: '500ms', maximumInterval: '5s' },
};

/** Upkeep reads the whole store, which may take a while. */
const upkeep: ActivityOptions = { ...database, startToCloseTimeout: '5 minutes' };

/**
 * How long and how often a run tries to extract from a provider. An attempt waits for its permit, then for the response
 * (12 s at most), and says how each of them failed: start-to-close leaves time for both. An attempt that finds or causes a
 * block is repeated at its end, whatever the intervals here.
 */
export const EXTRACT_OPTIONS = {
  /** Live, frequent: the next run fetches what this one could not. */
  nextRun: { startToCloseTimeout: '20s', scheduleToCloseTimeout: '45s', heartbeatTimeout },
  /** Live, but the next run is far away. */
  persistent: {
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: '15 minutes',
    heartbeatTimeout,
    retry: { maximumInterval: '15s' },
  },
  /** Bulk work has time: it waits for the provider, and live work goes first. */
  bulk: {
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '1 hour',
    heartbeatTimeout,
    retry: { initialInterval: '2s', maximumInterval: '15s' },
  },
} satisfies Record<string, ActivityOptions>;

export type RetryProfile = keyof typeof EXTRACT_OPTIONS;

/** A person waits for the answers: they are not tried for long. */
export const lookUpOptions = (questions: number): ActivityOptions => ({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: 30_000 + questions * LOOK_UP_EACH_MS,
  heartbeatTimeout,
  retry: { initialInterval: '500ms' },
});

/** Time-outs and retries of all other activities; requests to providers have those of EXTRACT_OPTIONS. */
export const OPTIONS = {
  openRun: { ...database, startToCloseTimeout: '10s' },
  recordProgress: { ...database, startToCloseTimeout: '10s' },
  closeRun: { ...database, startToCloseTimeout: '10s' }, // retried without end: a row must not stay open
  reconcileRuns: database,
  planLive: { ...database, scheduleToCloseTimeout: '5 minutes' },
  planBackfill: database,
  countBackfill: upkeep,
  planReplay: upkeep,
  planHeal: upkeep,
  planVerify: upkeep,
  planAdjust: upkeep,
  transform: database,
  load: database,
  classifyGaps: upkeep,
  describeGaps: upkeep,
  compareWithDays: upkeep,
  compareSources: upkeep,
  applySplits: upkeep,
  declareOutage: database,
  endOutage: database,
  judgeAlerts: { ...database, scheduleToCloseTimeout: '5 minutes' },
  prepareDelivery: database,
  // the receiver may be away for a night; later, what the message says is no news
  deliverAlerts: {
    // a mail server gets a minute (activities/mail.ts): an attempt that ends before it does sends the mail twice
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '1 day',
    heartbeatTimeout,
    retry: { initialInterval: '5s', maximumInterval: '10 minutes' },
  },
  abandonDelivery: database,
  housekeep: { ...upkeep, startToCloseTimeout: '15 minutes' },
  backUp: {
    startToCloseTimeout: '6 hours',
    heartbeatTimeout,
    // what it lacks, a person has to mend: the run fails, and the next one tries again
    retry: { initialInterval: '1 minute', maximumAttempts: 3 },
  },
} satisfies Record<Exclude<keyof Activities, 'extract' | 'extractMany' | 'lookUp'>, ActivityOptions>;
