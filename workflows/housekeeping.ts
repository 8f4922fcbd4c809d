import type { Housekept } from '../contracts/activities.js';
import { housekeep } from './activities.js';
import { maintain } from './run.js';

/** Deletes what is kept for a limited time. It has no row in pipeline_runs. */
export async function HousekeepingWorkflow(): Promise<Housekept> {
  return maintain('housekeeping', housekeep);
}
