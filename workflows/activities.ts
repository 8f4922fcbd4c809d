import { proxyActivities, type UntypedActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { PlannedRequest } from '../contracts/activities.js';
import { FORMER_ACTIVITIES } from '../contracts/former-activities.js';
import { type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';
import { EXTRACT_OPTIONS, OPTIONS, type RetryProfile } from './options.js';
import { startsChildren } from './patches.js';

type Name = keyof typeof OPTIONS;
type UntypedActivityFunction = UntypedActivities[string];
type Former = keyof typeof FORMER_ACTIVITIES;

/** An activity on the queue of the database work. @param type by which it is scheduled, if not by its name */
const pipelineActivity = <K extends Name>(name: K, type: string = name) =>
  proxyActivities({ ...OPTIONS[name], taskQueue: PIPELINE_QUEUE })[type] as Activities[K];

/** As pipelineActivity; runs that began before the rename schedule it by its former name. */
function renamedActivity<F extends Former>(former: F): Activities[(typeof FORMER_ACTIVITIES)[F]] {
  const name = FORMER_ACTIVITIES[former];
  const byName = pipelineActivity(name) as UntypedActivityFunction;
  const byFormerName = pipelineActivity(name, former) as UntypedActivityFunction;
  const scheduled: UntypedActivityFunction = (...args) => (startsChildren() ? byName : byFormerName)(...args);
  return scheduled as Activities[(typeof FORMER_ACTIVITIES)[F]];
}

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
export const classifyGaps = renamedActivity('judgeCoverage');
export const describeGaps = renamedActivity('reportGaps');
export const compareWithDays = pipelineActivity('compareWithDays');
export const applySplits = pipelineActivity('applySplits');
export const declareOutage = pipelineActivity('declareOutage');
export const endOutage = pipelineActivity('endOutage');

/** Extracts run on the queue of their provider, which carries its rate limit. */
export const extractOn = (request: PlannedRequest, lane: Lane, retryProfile: RetryProfile): Activities['extract'] =>
  proxyActivities<Activities>({ ...EXTRACT_OPTIONS[retryProfile], taskQueue: providerQueue(request.provider, lane) })
    .extract;
