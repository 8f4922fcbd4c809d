import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type pg from 'pg';
import pino from 'pino';
import type { Env } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { createProviders } from '../../providers/index.js';
import { createGates } from '../../worker/deps.js';
import { createWorkers } from '../../worker/workers.js';
import type { TestNamespace } from './namespace.js';

export interface WorkersUnderTest {
  temporal: TestNamespace;
  pool: pg.Pool;
  env: Env;
  clockOffsetMs: number;
}

let prepared: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Once a test file: what it takes is not little. */
async function prepare(): Promise<WorkflowBundleWithSourceMap> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger });
}

/** All workers of the product, in this process. */
export async function startWorkers({
  temporal,
  pool,
  env,
  clockOffsetMs,
}: WorkersUnderTest): Promise<{ stop(): Promise<void> }> {
  const workflowBundle = await (prepared ??= prepare());
  const connection = await NativeConnection.connect({ address: temporal.address });
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    rates: ratesOf(env),
    deps: {
      pool,
      providers: createProviders(env),
      gates: createGates(env),
      clockOffsetMs,
      payloadRetentionDays: env.PAYLOAD_RETENTION_DAYS,
      client: temporal.client,
      logger: pino({ level: 'silent' }),
    },
    workflows: { workflowBundle },
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
