import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { DefaultLogger, type LogLevel, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { surviveRejections, UNHANDLED_REJECTIONS } from '../config/last-resort.js';
import { drainMsOf } from '../config/drain.js';
import { type Env, EnvError, readEnv } from '../config/env.js';
import { providersOff } from '../config/providers-off.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { reconcileAtStartOptions } from '../contracts/start-options.js';
import { readTemporalConfig, type TemporalConfig } from '../contracts/temporal-config.js';
import { temporalProblem } from '../contracts/temporal-problem.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { limitToShare } from '../db/client.js';
import { schemaState } from '../db/migrate.js';
import { MINUTE } from '../domain/timeframe.js';
import { tracingOf } from '../tracing/index.js';
import { deploymentOf } from './deployment.js';
import { createRoot, type Root } from './deps.js';
import { observePool } from './observe-pool.js';
import { createMissingSchedules } from './schedules.js';
import { schedulesOff } from './schedules-off.js';
import { SetUpError, tooOldFor } from './set-up-error.js';
import { servedQueues } from './queues.js';
import { createWorkers } from './workers.js';

/** How long a deleted schedule stays away. */
const SCHEDULE_CHECK_MS = MINUTE;

/** Waits while the schema is older than this build: set-up will migrate it. @throws SetUpError if it is newer */
async function waitForSchema({ database, logger }: Root): Promise<void> {
  for (;;) {
    const schema = await schemaState(database.pool).catch((error: Error) => error);
    if (schema instanceof Error) {
      logger.warn({ err: schema }, 'the database is not reachable yet');
    } else if (schema.state === 'current') {
      return;
    } else if (schema.state === 'newer') {
      throw tooOldFor(schema);
    } else {
      logger.info(schema, 'waiting for migrations: run `node dist/worker/setup.js`');
    }
    await sleep(1_000);
  }
}

async function connectToTemporal(temporal: TemporalConfig, { logger }: Root): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(temporal.connectionOptions);
    } catch (error) {
      logger.warn({ problem: await temporalProblem(temporal, error as Error) }, 'Temporal is not reachable yet');
      await sleep(1_000);
    }
  }
}

/** The SDK's messages in our log. Each failed attempt is logged once, by ActivityInterceptor, so the SDK's warning is hidden. */
function sdkLogger(logger: Logger): DefaultLogger {
  const levels = {
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
  } as const satisfies Record<LogLevel, string>;
  return new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { error, ...rest } = (meta ?? {}) as { error?: unknown };
    logger[message === 'Activity failed' ? 'debug' : levels[level]]({ ...rest, err: error }, message);
  });
}

/** Reconciles runs after a start, and creates schedules that someone deleted: without them, nothing would ever run. */
function lookAfterTemporal({ client, logger, database }: Root, env: Env): NodeJS.Timeout {
  const reconcile = client.workflow.start(WORKFLOWS.reconcile, {
    ...reconcileAtStartOptions(),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  reconcile.catch((error: unknown) => logger.warn({ err: error }, 'runs could not be reconciled'));
  return setInterval(() => {
    schedulesOff(env, database.pool)
      .then((off) => createMissingSchedules(client, off))
      .then(
        (created) =>
          created.length > 0 && logger.warn({ created }, 'schedules were missing in Temporal and were created'),
        (error: unknown) => logger.warn({ err: error }, 'the schedules could not be checked'),
      );
  }, SCHEDULE_CHECK_MS);
}

async function main(): Promise<void> {
  const env = readEnv();
  const queues = servedQueues(env, providersOff(env));
  const temporal = readTemporalConfig();
  const root = createRoot(env, temporal, 'worker');
  const tracing = await tracingOf('worker', (problem) => root.logger.warn({ problem }, 'traces could not be sent'));
  const metricsHost = isIPv6(env.METRICS_HOST) ? `[${env.METRICS_HOST}]` : env.METRICS_HOST;
  // before anything uses the native runtime; this process handles signals itself
  Runtime.install({
    shutdownSignals: [],
    logger: sdkLogger(root.logger),
    ...(env.METRICS_PORT > 0
      ? { telemetryOptions: { metrics: { prometheus: { bindAddress: `${metricsHost}:${env.METRICS_PORT}` } } } }
      : {}),
  });
  const unownedRejections = Runtime.instance().metricMeter.createCounter(UNHANDLED_REJECTIONS);
  unownedRejections.add(0); // exported from now on, so that the first one is an increase
  observePool(Runtime.instance().metricMeter, root.database.pool);
  surviveRejections(root.logger, () => unownedRejections.add(1));
  const workers: Worker[] = [];
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    if (workers.length === 0) process.exit(0); // still waiting for the database or Temporal
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop); // the supervisor is gone

  await waitForSchema(root);
  if (env.DB_POOL_SIZE === undefined)
    await limitToShare(root.database.pool).catch((error: unknown) =>
      root.logger.warn({ err: error }, 'cannot find out how many connections the database allows'),
    );
  const connection = await connectToTemporal(temporal, root);
  const drainMs = drainMsOf(env);
  const { deps } = root;
  workers.push(
    ...(await createWorkers({
      connection,
      namespace: temporal.namespace,
      deps,
      queues,
      drainMs,
      deployment: deploymentOf(env),
      tracing,
    })),
  );
  process.send?.({ type: 'ready' });
  root.logger.info({ queues }, 'workers are running');
  const upkeep = queues.includes(PIPELINE_QUEUE) ? lookAfterTemporal(root, env) : undefined;
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    clearInterval(upkeep);
    await connection.close();
    await root.close();
    await tracing?.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isForOperator = error instanceof EnvError || error instanceof SetUpError;
    process.stderr.write(
      `${isForOperator ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(error instanceof EnvError ? 2 : 1);
  },
);
