import { fileURLToPath } from 'node:url';
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  type Next,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type pg from 'pg';
import pino from 'pino';
import type { Deps } from '../../activities/deps.js';
import { createActivities } from '../../activities/index.js';
import { ActivityInterceptor } from '../../activities/interceptor.js';
import type { Env } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { createProviders } from '../../providers/index.js';
import { createGates } from '../../worker/deps.js';
import { createWorkers } from '../../worker/workers.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import type { TestNamespace } from './namespace.js';

export interface WorkersUnderTest {
  temporal: TestNamespace;
  pool: pg.Pool;
  env: Env;
  clockOffsetMs: number;
}

let prepared: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundles the workflows, once per test file because it is slow. */
async function prepare(): Promise<WorkflowBundleWithSourceMap> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger });
}

const depsOf = ({ temporal, pool, env, clockOffsetMs }: WorkersUnderTest): Deps => ({
  pool,
  providers: createProviders(env),
  gates: createGates(env),
  clockOffsetMs,
  payloadRetentionDays: env.PAYLOAD_RETENTION_DAYS,
  client: temporal.client,
  logger: pino({ level: 'silent' }),
});

/** Workers that run until they are stopped. */
export interface Running {
  stop(): Promise<void>;
}

function run(workers: Worker[], connection: NativeConnection): Running {
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Starts all workers of the product in this process. */
export async function startWorkers(input: WorkersUnderTest): Promise<Running> {
  const workflowBundle = await (prepared ??= prepare());
  const { address, namespace } = input.temporal;
  const connection = await NativeConnection.connect({ address });
  const rates = ratesOf(input.env);
  const deps = depsOf(input);
  return run(await createWorkers({ connection, namespace, rates, deps, workflows: { workflowBundle } }), connection);
}

const STORING = ['extract', 'transform', 'load', 'applySplits', 'declareOutage', 'endOutage'];

/** Loses the result of a first attempt after it has done its work. To Temporal, that worker was killed at the worst moment. */
class LosesFirstResult implements ActivityInboundCallsInterceptor {
  constructor(private readonly context: Context) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const result: unknown = await next(input);
    if (this.context.info.attempt > 1 || !STORING.includes(this.context.info.activityType)) return result;
    throw ApplicationFailure.create({ message: 'killed', nextRetryDelay: '1 ms' });
  }
}

/** Starts the workers for stocks, and makes every storing activity run twice. */
export async function startResultLosingWorkers(input: WorkersUnderTest): Promise<Running> {
  const workflowBundle = await (prepared ??= prepare());
  const { address, namespace } = input.temporal;
  const connection = await NativeConnection.connect({ address });
  const deps = depsOf(input);
  const activity = (context: Context) => ({ inbound: new ActivityInterceptor(context, deps.pool, deps.logger) });
  const losing = (context: Context) => ({ inbound: new LosesFirstResult(context) });
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace,
    activities: createActivities(deps),
    interceptors: { activity: [losing, activity] },
  };
  const queues = [providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')];
  const workers = await Promise.all([
    Worker.create({ ...common, workflowBundle, taskQueue: PIPELINE_QUEUE }),
    ...queues.map((taskQueue) => Worker.create({ ...common, taskQueue })),
  ]);
  return run(workers, connection);
}
