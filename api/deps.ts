import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ProviderId } from '../config/catalog/providers.js';
import type { Database } from '../db/client.js';
import type { DashboardFile } from './dashboard/files.js';

/** All that the API needs from outside; main.ts makes it, tests make their own. */
export interface ApiDeps {
  database: Database;
  /** With a lazy connection: nothing is asked of the server before a request needs it. */
  temporal: Client;
  mode: 'live' | 'sandbox';
  /** Market clock minus wall clock, ms. */
  clockOffsetMs: number;
  /** Where people reach the Temporal Web UI, without a slash at its end. */
  temporalUiUrl: string;
  /** Origins whose pages may ask, besides our own. */
  corsOrigins: readonly string[];
  /** What writes must bring; without one they are refused. */
  adminToken?: string | undefined;
  /** Requests a second that the worker sends at most, by provider. */
  rates: Record<ProviderId, number>;
  version: string;
  /** The dashboard's files by URL path; null where it is not built. */
  dashboard: ReadonlyMap<string, DashboardFile> | null;
  log: Logger;
  /** The wall clock, epoch ms. */
  wallNow(): number;
}

/** Injection token of ApiDeps. */
export const DEPS = Symbol('ApiDeps');

export const marketNow = (deps: ApiDeps): number => deps.wallNow() + deps.clockOffsetMs;
