import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { PlannedRequest } from '../contracts/activities.js';
import { type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';
import { BULK_EXTRACT, OPTIONS, PATIENT_EXTRACT } from './options.js';

const on = <K extends keyof Activities>(name: K): Activities[K] =>
  proxyActivities<Activities>({ ...OPTIONS[name], taskQueue: PIPELINE_QUEUE })[name];

export const openRun = on('openRun');
export const closeRun = on('closeRun');
export const reconcileRuns = on('reconcileRuns');
export const planLive = on('planLive');
export const planBackfill = on('planBackfill');
export const judgeCoverage = on('judgeCoverage');
export const reportGaps = on('reportGaps');
export const compareWithDays = on('compareWithDays');
export const planReplay = on('planReplay');
export const planHeal = on('planHeal');
export const planVerify = on('planVerify');
export const planAdjust = on('planAdjust');
export const applySplits = on('applySplits');
export const declareOutage = on('declareOutage');
export const endOutage = on('endOutage');
export const transform = on('transform');
export const load = on('load');

export type RetryProfile = 'next tick' | 'patient' | 'bulk';
const EXTRACT = { 'next tick': OPTIONS.extract, patient: PATIENT_EXTRACT, bulk: BULK_EXTRACT };

/** Extracts run on their provider's queue, which carries its rate limit. */
export const extractOn = (request: PlannedRequest, lane: Lane, patience: RetryProfile): Activities['extract'] =>
  proxyActivities<Activities>({ ...EXTRACT[patience], taskQueue: providerQueue(request.provider, lane) }).extract;
