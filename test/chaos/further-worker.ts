import { fileURLToPath } from 'node:url';
import { startNodeChild } from '../../cli/start/node-child.js';
import { variablesOfSandbox } from '../../config/sandbox-variables.js';
import { SECOND } from '../../domain/timeframe.js';
import type { Product } from './product.js';

const STOP_MS = 15 * SECOND;
const OWN_SCRIPT = fileURLToPath(new URL('../../worker/main.js', import.meta.url));

export interface FurtherWorkerOptions {
  /** Path of its program; default: that of the product's own worker. */
  script?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a worker beside the one of `npm start` while `work` runs, as on another machine. */
export async function withFurtherWorker(
  product: Product,
  { script = OWN_SCRIPT, env = {} }: FurtherWorkerOptions,
  work: () => Promise<void>,
): Promise<void> {
  const { databaseUrl, temporalAddress, namespace } = product.runtime;
  const worker = await startNodeChild({
    name: 'further worker',
    script,
    env: {
      ...process.env,
      DATA_DIR: product.dataDir,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: namespace,
      METRICS_PORT: '0',
      MARKET_MODE: 'sandbox',
      MARKET_CLOCK_OFFSET: String(product.clockOffsetMs / SECOND),
      ...variablesOfSandbox(product.sandbox),
      ...env,
    },
    logFile: product.log,
    spawned: () => {},
  });
  try {
    await work();
  } finally {
    await worker.stop(STOP_MS);
  }
}
