import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { PlannedRequest } from '../contracts/activities.js';
import type { FORMER_ACTIVITIES } from '../contracts/former-activities.js';
import { type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';
import { EXTRACT_OPTIONS, OPTIONS, type RetryProfile } from './options.js';
import { startsChildren } from './patches.js';

type Name = keyof typeof OPTIONS;

/** An activity on the queue of the database work. @param type by which it is scheduled, if not by its name */
const pipelineActivity = <K extends Name>(name: K, type: keyof typeof FORMER_ACTIVITIES | K = name) =>
  proxyActivities({ ...OPTIONS[name], taskQueue: PIPELINE_QUEUE })[type] as Activities[K];

export const openRun = pipelineActivity('openRun');
export const closeRun = pipelineActivity('closeRun');
export const reconcileRuns = pipelineActivity('reconcileRuns');
export const housekeep = pipelineActivity('housekeep');
export const planLive = pipelineActivity('planLive');
export const planBackfill = pipelineActivity('planBackfill');
export const planReplay = pipelineActivity('planReplay');
export const planHeal = pipelineActivity('planHeal');
export const planVerify = pipelineActivity('planVerify');
export const planAdjust = pipelineActivity('planAdjust');
export const transform = pipelineActivity('transform');
export const load = pipelineActivity('load');
export const compareWithDays = pipelineActivity('compareWithDays');
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
export const extractOn = (request: PlannedRequest, lane: Lane, retryProfile: RetryProfile): Activities['extract'] =>
  proxyActivities<Activities>({ ...EXTRACT_OPTIONS[retryProfile], taskQueue: providerQueue(request.provider, lane) })
    .extract;
