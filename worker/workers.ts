import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, withFormerNames } from '../activities/index.js';
import type { Deps } from '../activities/deps.js';
import { ActivityInterceptor } from '../activities/interceptor.js';
import { PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import { BULK_SHARE } from '../config/rates.js';
import { type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';

/** The bundle that `npm run build` writes; without it (in tests), workflows are bundled when the worker starts. */
const bundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const workflowsPath = fileURLToPath(new URL('../workflows/index.js', import.meta.url));

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  deps: Deps;
  /** Requests per second: the coarse limit of the provider queues. */
  rates: Record<ProviderId, number>;
  workflows?: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
}

/** One worker per task queue: `pipeline` for workflows and database work, and two for each provider. */
export async function createWorkers({
  connection,
  namespace,
  deps,
  rates,
  workflows,
}: WorkersInput): Promise<Worker[]> {
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace,
    activities: withFormerNames(createActivities(deps)),
    interceptors: { activity: [(context) => ({ inbound: new ActivityInterceptor(context, deps.pool, deps.logger) })] },
    shutdownGraceTime: '5s',
    shutdownForceTime: '8s',
    maxHeartbeatThrottleInterval: '2s',
  };
  const pipeline = Worker.create({
    ...common,
    ...(workflows ?? (existsSync(bundlePath) ? { workflowBundle: { codePath: bundlePath } } : { workflowsPath })),
    taskQueue: PIPELINE_QUEUE,
    maxCachedWorkflows: 100,
    // as many as there are database connections
    maxConcurrentActivityTaskExecutions: 12,
  });
  const ofProvider = (provider: ProviderId, lane: Lane) =>
    Worker.create({
      ...common,
      taskQueue: providerQueue(provider, lane),
      maxTaskQueueActivitiesPerSecond: lane === 'live' ? rates[provider] : rates[provider] * BULK_SHARE,
      // a few wait for their permit while others are in progress
      maxConcurrentActivityTaskExecutions: Math.min(64, Math.max(2, Math.ceil(rates[provider]))),
    });
  return Promise.all([pipeline, ...PROVIDER_IDS.flatMap((id) => [ofProvider(id, 'live'), ofProvider(id, 'bulk')])]);
}
