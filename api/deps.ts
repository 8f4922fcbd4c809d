import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ProviderId } from '../config/catalog/providers.js';
import type { Closures } from '../config/closures.js';
import type { Tokens } from '../config/tokens.js';
import type { Database } from '../db/client.js';
import { SECOND } from '../domain/timeframe.js';
import type { Tracing } from '../tracing/index.js';
import type { DashboardFile } from './dashboard/files.js';

/** How long the API waits, ms. */
export interface Timing {
  /** For a call of Temporal: an available server responds much sooner, an unavailable one must not hold up our responses. */
  temporalMs: number;
  /** For a question that a worker puts to a provider: a busy one is waited for. More questions need more time. */
  lookUpMs: number;
  /** For a check of readiness, and for the figures among the metrics. */
  checkMs: number;
  /** For a notification of stored changes, before the stream reads the log without one. */
  streamPollMs: number;
}
export const TIMING: Timing = {
  temporalMs: 1.5 * SECOND,
  lookUpMs: 10 * SECOND,
  checkMs: 1.8 * SECOND,
  streamPollMs: 5 * SECOND,
};

/** Everything that the API needs from outside; main.ts builds it, tests build their own. */
export interface ApiDeps {
  database: Database;
  /** With a lazy connection: it is opened by the first request that needs it. */
  temporal: Client;
  mode: 'live' | 'sandbox';
  /** Market clock minus wall clock, ms. */
  clockOffsetMs: number;
  /** Public URL of the Temporal Web UI, without a trailing slash. */
  temporalUiUrl: string;
  /** Whether requests with this Host header are served. */
  allowsHost: (header: string | undefined) => boolean;
  /** Other origins whose pages may call the API. */
  corsOrigins: readonly string[];
  /** What writes need, or else they are off; and what reads need, or else they are open. */
  tokens: Tokens;
  /** Maximum requests per second of the worker, by provider. */
  rates: Record<ProviderId, number>;
  /** Days that the closures file lists, and what is wrong with it. */
  closures: Closures;
  version: string;
  /** The dashboard's files by URL path; null if it is not built. */
  dashboard: ReadonlyMap<string, DashboardFile> | null;
  timing: Timing;
  /** Default: nothing is traced. */
  tracing?: Tracing | null;
  log: Logger;
  /** How many rejections of this process nothing has handled. */
  unhandledRejections(): number;
  /** The wall clock, epoch ms. */
  wallNow(): number;
}

/** Injection token of ApiDeps. */
export const DEPS = Symbol('ApiDeps');

export const marketNow = (deps: ApiDeps): number => deps.wallNow() + deps.clockOffsetMs;
