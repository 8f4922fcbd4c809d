import { reconcileRuns } from './activities.js';
import { maintain } from './run.js';

/** Makes pipeline_runs correct again after kills and terminations. It has no row of its own there. */
export async function ReconcileWorkflow(): Promise<number> {
  return maintain('reconcile_runs', reconcileRuns);
}
