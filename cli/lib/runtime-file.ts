import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvidersInUse } from '../../config/providers-off.js';
import type { MarketMode } from '../start/market.js';
import { StateFile, type StateFileOptions } from './state-file.js';

/** What `npm start` publishes for other programs while it runs, addresses above all: DATA_DIR/runtime.json, mode 0600. */
export interface Runtime {
  mode: MarketMode;
  /** Base URL of the REST API. */
  api: string;
  temporalAddress: string;
  /** Null if we did not start Temporal and TEMPORAL_UI_URL is not set. */
  temporalUi: string | null;
  namespace: string;
  /** Of the owner of the schema, who may do everything. */
  databaseUrl: string;
  /** Of the role that reads the SQL views and nothing else; null: your own server has none. */
  readDatabaseUrl: string | null;
  /** URL of the worker's metrics. */
  metrics: string;
  /** Null: only its hash is known (ADMIN_TOKEN_HASH). */
  adminToken: string | null;
  /** Null: reads need none, or only its hash is known. */
  readToken: string | null;
  /** Its base URLs are those of this start, whatever the environment of another program says. */
  providers: ProvidersInUse;
  /** BACKUP_KEEP: `npm run backup` deletes no copy that the schedule keeps. */
  backupKeep: number;
  /** Null for what we did not start, or what is down. */
  pids: Record<'start' | 'postgres' | 'temporal' | 'sandbox' | 'worker' | 'api', number | null>;
}

const runtimePath = (dataDir: string) => join(dataDir, 'runtime.json');

/** Publishes the addresses of a running start, and takes them back when it ends. */
export class RuntimeFile {
  private readonly file: StateFile;

  constructor(dataDir: string, options?: StateFileOptions) {
    this.file = new StateFile(runtimePath(dataDir), options);
  }

  write(runtime: Runtime): void {
    this.file.write(`${JSON.stringify(runtime, null, 2)}\n`);
  }

  remove(): void {
    this.file.close();
    rmSync(this.file.path, { force: true });
  }
}

/** Null if nothing is running on the folder, or a killed start left no readable file. */
export function readRuntime(dataDir: string): Runtime | null {
  try {
    return JSON.parse(readFileSync(runtimePath(dataDir), 'utf8')) as Runtime;
  } catch {
    return null;
  }
}
