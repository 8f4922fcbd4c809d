import { reconcileRuns } from './activities.js';

/** Makes pipeline_runs true again after kills and terminations; no run of its own is recorded. */
export async function ReconcileWorkflow(): Promise<number> {
  return reconcileRuns();
}
