import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  DefaultLogger,
  NativeConnection,
  type Next,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type pg from 'pg';
import pino from 'pino';
import type { Deps } from '../../activities/deps.js';
import { createActivities } from '../../activities/index.js';
import { ActivityInterceptor } from '../../activities/interceptor.js';
import { drainMsOf } from '../../config/drain.js';
import type { Env } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { createProviders } from '../../providers/index.js';
import { alertSettings, createGates } from '../../worker/deps.js';
import { QUEUES } from '../../worker/queues.js';
import { createWorkers } from '../../worker/workers.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { ClosureWatch } from '../../db/closure-watch.js';
import { asRole, connectPatiently } from './database.js';
import type { TestNamespace } from './namespace.js';
import { runWorkers } from './run-workers.js';
import type { Tracing } from '../../tracing/index.js';
import { workflowBundle, workflowsPath } from './workflows.js';

export interface WorkersUnderTest {
  temporal: TestNamespace;
  pool: pg.Pool;
  env: Env;
  clockOffsetMs: number;
  /** Task queues that startWorkers serves. Default: all. */
  queues?: readonly string[];
  /** Bundles the workflows once more, with what traces them. Default: nothing is traced. */
  tracing?: Tracing;
}

let isQuiet = false;

/** Once per process: a second time would be an error. */
function beQuiet(): void {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
}

const depsOf = ({ temporal, pool, env, clockOffsetMs }: WorkersUnderTest): Deps => ({
  pool,
  providers: createProviders(env),
  gates: createGates(env),
  rates: ratesOf(env),
  clockOffsetMs,
  alerts: alertSettings(env),
  payloadRetentionDays: env.PAYLOAD_RETENTION_DAYS,
  backupKeep: env.BACKUP_KEEP,
  client: temporal.client,
  logger: pino({ level: 'silent' }),
});

/** Workers that run until they are stopped. */
export interface Running {
  stop(): Promise<void>;
}

function run(workers: Worker[], connection: NativeConnection): Running {
  const stop = runWorkers(workers);
  return {
    stop: async () => {
      await stop();
      await connection.close();
    },
  };
}

/** Starts all workers of the product in this process, with the rights of their role in the database. */
export async function startWorkers(input: WorkersUnderTest): Promise<Running> {
  beQuiet();
  const { address, namespace } = input.temporal;
  const connection = await NativeConnection.connect({ address });
  const database = connectPatiently(asRole(input.pool.options.connectionString!, 'worker'));
  const deps = depsOf({ ...input, pool: database.pool });
  const { queues = QUEUES } = input;
  const drainMs = drainMsOf(input.env);
  const workers = await createWorkers({
    connection,
    namespace,
    deps,
    queues,
    drainMs,
    workflows: input.tracing ? { workflowsPath } : { workflowBundle: workflowBundle() },
    tracing: input.tracing,
  });
  const running = run(workers, connection);
  return { stop: () => running.stop().finally(() => database.close()) };
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
  beQuiet();
  const { address, namespace } = input.temporal;
  const connection = await NativeConnection.connect({ address });
  const deps = depsOf(input);
  const closures = new ClosureWatch(deps.pool);
  const activity = (context: Context) => ({
    inbound: new ActivityInterceptor(context, deps.pool, closures, deps.logger),
  });
  const losing = (context: Context) => ({ inbound: new LosesFirstResult(context) });
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace,
    activities: createActivities(deps),
    interceptors: { activity: [losing, activity] },
  };
  const queues = [providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')];
  const workers = await Promise.all([
    Worker.create({ ...common, workflowBundle: workflowBundle(), taskQueue: PIPELINE_QUEUE }),
    ...queues.map((taskQueue) => Worker.create({ ...common, taskQueue })),
  ]);
  return run(workers, connection);
}
