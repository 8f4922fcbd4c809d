import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { ProviderId } from '../config/catalog/providers.js';
import type { PlannedRequest } from '../contracts/activities.js';
import type { FORMER_ACTIVITIES } from '../contracts/former-activities.js';
import { BULK_PRIORITY, type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';
import { whileWaitingFor } from './current-details.js';
import { isLateFire } from './scheduled-fire.js';
import { summaryOf } from './summaries.js';
import { EXTRACT_OPTIONS, lookUpOptions, OPTIONS, type RetryProfile } from './timeouts-and-retries.js';
import { startsChildren } from './patches.js';

type Name = keyof typeof OPTIONS;

/** An activity on the queue of the database work. @param type by which it is scheduled, if not by its name */
const pipelineActivity = <K extends Name>(name: K, type: keyof typeof FORMER_ACTIVITIES | K = name) =>
  summarised(name, (summary) => {
    // a fire of a schedule has the priority of all its fires
    const priority = isLateFire() ? BULK_PRIORITY : undefined;
    return proxyActivities({ ...OPTIONS[name], taskQueue: PIPELINE_QUEUE, summary, priority })[type]!;
  });

/** An activity whose executions say in Temporal's Web UI what each is about, and the run that it waits for them. */
const summarised = <K extends keyof Activities>(name: K, activity: (summary: string) => unknown) =>
  ((...args: Parameters<Activities[K]>) => {
    const summary = summaryOf(name, args);
    const execute = activity(summary) as (...args: unknown[]) => Promise<unknown>;
    return whileWaitingFor(`${name}: ${summary}`, execute(...args));
  }) as Activities[K];

export const openRun = pipelineActivity('openRun');
export const recordProgress = pipelineActivity('recordProgress');
export const closeRun = pipelineActivity('closeRun');
export const reconcileRuns = pipelineActivity('reconcileRuns');
export const judgeAlerts = pipelineActivity('judgeAlerts');
export const prepareDelivery = pipelineActivity('prepareDelivery');
export const deliverAlerts = pipelineActivity('deliverAlerts');
export const abandonDelivery = pipelineActivity('abandonDelivery');
export const housekeep = pipelineActivity('housekeep');
export const backUp = pipelineActivity('backUp');
export const planLive = pipelineActivity('planLive');
export const planBackfill = pipelineActivity('planBackfill');
export const countBackfill = pipelineActivity('countBackfill');
export const planReplay = pipelineActivity('planReplay');
export const planHeal = pipelineActivity('planHeal');
export const planVerify = pipelineActivity('planVerify');
export const planAdjust = pipelineActivity('planAdjust');
export const transform = pipelineActivity('transform');
export const load = pipelineActivity('load');
export const compareWithDays = pipelineActivity('compareWithDays');
export const compareSources = pipelineActivity('compareSources');
export const applySplits = pipelineActivity('applySplits');
export const declareOutage = pipelineActivity('declareOutage');
export const endOutage = pipelineActivity('endOutage');

const renamed = { classifyGaps: pipelineActivity('classifyGaps'), describeGaps: pipelineActivity('describeGaps') };
const former = {
  classifyGaps: pipelineActivity('classifyGaps', 'judgeCoverage'),
  describeGaps: pipelineActivity('describeGaps', 'reportGaps'),
};
/** A run that began before the rename schedules these by their former names. */
export const classifyGaps: Activities['classifyGaps'] = () => (startsChildren() ? renamed : former).classifyGaps();
export const describeGaps: Activities['describeGaps'] = (scope) =>
  (startsChildren() ? renamed : former).describeGaps(scope);

/** Extracts run on the queue of their provider, which carries its rate limit. */
const onQueue =
  <K extends 'extract' | 'extractMany'>(name: K) =>
  ({ provider }: Pick<PlannedRequest, 'provider'>, lane: Lane, retryProfile: RetryProfile): Activities[K] =>
    summarised(name, (summary) => {
      const taskQueue = providerQueue(provider, lane);
      return proxyActivities<Activities>({ ...EXTRACT_OPTIONS[retryProfile], taskQueue, summary })[name];
    });
export const extractOn = onQueue('extract');
export const extractManyOn = onQueue('extractMany');

/**
 * Questions go to the queue of the live requests of their provider.
 * @param questions how many are asked at once: all of them wait for their turns
 */
export const lookUpOn = (provider: ProviderId, questions: number): Activities['lookUp'] =>
  summarised('lookUp', (summary) => {
    const taskQueue = providerQueue(provider, 'live');
    return proxyActivities<Activities>({ ...lookUpOptions(questions), taskQueue, summary }).lookUp;
  });
