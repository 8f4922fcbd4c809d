import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MarketMode } from '../start/market.js';
import { writeAtomically } from './write-atomically.js';

/** What `npm start` tells other programs while it runs: DATA_DIR/runtime.json, mode 0600. */
export interface Runtime {
  mode: MarketMode;
  /** Base URL of the REST API. */
  api: string;
  temporalAddress: string;
  /** Null where Temporal is not ours and TEMPORAL_UI_URL is not set. */
  temporalUi: string | null;
  namespace: string;
  databaseUrl: string;
  /** URL of the worker's metrics. */
  metrics: string;
  adminToken: string;
  /** Null for what we did not start, and while it is down. */
  pids: Record<'start' | 'postgres' | 'temporal' | 'sandbox' | 'worker' | 'api', number | null>;
}

const runtimePath = (dataDir: string) => join(dataDir, 'runtime.json');

export function writeRuntime(dataDir: string, runtime: Runtime): void {
  writeAtomically(runtimePath(dataDir), `${JSON.stringify(runtime, null, 2)}\n`);
}

export function removeRuntime(dataDir: string): void {
  rmSync(runtimePath(dataDir), { force: true });
}

/** Null when nothing runs there (or a killed start left no readable file). */
export function readRuntime(dataDir: string): Runtime | null {
  try {
    return JSON.parse(readFileSync(runtimePath(dataDir), 'utf8')) as Runtime;
  } catch {
    return null;
  }
}
