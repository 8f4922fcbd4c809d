import type { BackedUp } from '../contracts/activities.js';
import { backUp } from './activities.js';
import { maintain } from './run.js';

/** Takes a base copy of the database. It has no row in pipeline_runs. */
export async function BackupWorkflow(): Promise<BackedUp> {
  return maintain('backup', backUp);
}
