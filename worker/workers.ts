import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, withFormerNames } from '../activities/index.js';
import type { Deps } from '../activities/deps.js';
import { ActivityInterceptor } from '../activities/interceptor.js';
import { ASKED_PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import { BULK_SHARE } from '../config/rates.js';
import { BUGS } from '../contracts/failures.js';
import { type Lane, PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';
import { ClosureWatch } from '../db/closure-watch.js';
import type { Tracing } from '../tracing/index.js';

/** The bundles that `npm run build` writes; without them (in tests), workflows are bundled when the worker starts. */
const bundlePath = (name: string) => fileURLToPath(new URL(`../${name}.js`, import.meta.url));
const workflowsPath = fileURLToPath(new URL('../workflows/index.js', import.meta.url));

/** For how long activities that were cancelled after the drain may clean up, ms. */
const ABORT_MS = 2_000;

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  deps: Deps;
  /** Task queues to serve. */
  queues: readonly string[];
  /** For how long tasks go on after a stop, ms. */
  drainMs: number;
  /** Of deploymentOf. Default: a worker without a version. */
  deployment?: Pick<WorkerOptions, 'workerDeploymentOptions'>;
  workflows?: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
  /** Default: nothing is traced. */
  tracing?: Tracing | null;
}

/** What is traced is bundled with the interceptors that do it. */
function workflowsOf(tracing: Tracing | null | undefined): NonNullable<WorkersInput['workflows']> {
  const codePath = bundlePath(tracing ? 'workflow-bundle-traced' : 'workflow-bundle');
  return existsSync(codePath) ? { workflowBundle: { codePath } } : { workflowsPath };
}

/**
 * One worker per task queue: `pipeline` for workflows and database work, and two for each provider, which know only what
 * sends it requests.
 */
export async function createWorkers(input: WorkersInput): Promise<Worker[]> {
  const { connection, namespace, deps, queues, drainMs, deployment, tracing } = input;
  const { workflows = workflowsOf(tracing) } = input;
  const activities = createActivities(deps);
  const closures = new ClosureWatch(deps.pool);
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    ...deployment,
    connection,
    namespace,
    ...(tracing && { sinks: tracing.sinks }),
    interceptors: {
      activity: [
        ...(tracing ? [tracing.activity] : []),
        (context) => ({ inbound: new ActivityInterceptor(context, deps.pool, closures, deps.logger) }),
      ],
    },
    shutdownGraceTime: drainMs,
    shutdownForceTime: drainMs + ABORT_MS,
    maxHeartbeatThrottleInterval: '2s',
    // for so long, the tasks of a run wait for the worker that has it in its cache, if that one was killed
    stickyQueueScheduleToStartTimeout: '5s',
  };
  const ofPipeline: WorkerOptions = {
    ...common,
    ...workflows,
    interceptors: {
      ...common.interceptors,
      // a bundle has them already
      ...(workflows.workflowsPath && tracing && { workflowModules: tracing.workflowModules }),
    },
    taskQueue: PIPELINE_QUEUE,
    activities: withFormerNames(activities),
    workflowFailureErrorTypes: { '*': [...BUGS] },
    maxCachedWorkflows: 100,
    // two connections stay free for permits and steps: an activity that waits for one would time out
    maxConcurrentActivityTaskExecutions: Math.max(1, deps.pool.options.max - 2),
  };
  const ofProvider = (provider: ProviderId, lane: Lane): WorkerOptions => ({
    ...common,
    taskQueue: providerQueue(provider, lane),
    activities: { extract: activities.extract, extractMany: activities.extractMany, lookUp: activities.lookUp },
    maxTaskQueueActivitiesPerSecond: lane === 'live' ? deps.rates[provider] : deps.rates[provider] * BULK_SHARE,
    // a few wait for their permit while others are in progress
    maxConcurrentActivityTaskExecutions: Math.min(64, Math.max(2, Math.ceil(deps.rates[provider]))),
  });
  const all = [ofPipeline, ...ASKED_PROVIDER_IDS.flatMap((id) => [ofProvider(id, 'live'), ofProvider(id, 'bulk')])];
  return Promise.all(
    all.filter(({ taskQueue }) => queues.includes(taskQueue)).map((options) => Worker.create(options)),
  );
}
