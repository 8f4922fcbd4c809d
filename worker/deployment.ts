import type { WorkerOptions } from '@temporalio/worker';
import type { Env } from '../config/env.js';

/**
 * Options by which Temporal tells the versions of a worker apart. A run stays on the version that began it, so that new
 * code need not replay its history; a backfill takes the current version when it continues as new. Without both variables,
 * any worker takes any run.
 */
export function deploymentOf(
  env: Pick<Env, 'WORKER_DEPLOYMENT' | 'WORKER_BUILD_ID'>,
): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const { WORKER_DEPLOYMENT: deploymentName, WORKER_BUILD_ID: buildId } = env;
  if (!deploymentName || !buildId) return {};
  const version = { deploymentName, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };
}
