import type { LivePipeline, ProviderId, UpkeepPipeline } from '../config/catalog.js';
import type { RunStatus, Trigger } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** What API, CLI and worker agree on: names, queues, inputs, failure types. */

export const WORKFLOWS = {
  stocks: 'StocksWorkflow',
  crypto: 'CryptoWorkflow',
  backfill: 'BackfillWorkflow',
  heal: 'HealWorkflow',
  adjust: 'AdjustWorkflow',
  release: 'ReleaseWorkflow',
  reconcile: 'ReconcileWorkflow',
} as const;

export const PIPELINE_QUEUE = 'pipeline';

/** Live work has its own queue, so that a long backfill never stands before the next minute. */
export type Lane = 'live' | 'bulk';
export const providerQueue = (provider: ProviderId, lane: Lane): string =>
  lane === 'live' ? provider : `${provider}-bulk`;

export const SCHEDULES = {
  stocks_1min: 'stocks_1min',
  stocks_1d: 'stocks_1d',
  crypto_20min: 'crypto_20min',
  heal_gaps: 'heal_gaps',
  verify_bars: 'verify_bars',
  reconcile_runs: 'reconcile_runs',
} as const;

export const FAILURES = {
  RateLimited: 'RateLimited',
  ProviderUnavailable: 'ProviderUnavailable',
  BadContent: 'BadContent',
  SchemaDrift: 'SchemaDrift',
  UnknownSymbol: 'UnknownSymbol',
  NotObtainable: 'NotObtainable',
  DatabaseUnavailable: 'DatabaseUnavailable',
  InvalidInput: 'InvalidInput',
  /** Not stored on purpose: a split is to be applied first, or prices came on another level. */
  HeldBack: 'HeldBack',
} as const;
export type FailureType = keyof typeof FAILURES;

export const SEARCH_ATTRIBUTES = {
  pipeline: 'BarkeepPipeline',
  trigger: 'BarkeepTrigger',
  symbols: 'BarkeepSymbols',
} as const;

export interface LiveInput {
  pipeline: LivePipeline;
  /** Nominal time (wall clock, RFC 3339); only for starts without a schedule. */
  at?: string;
  /** Only these; default all active assets of the pipeline's provider. */
  symbols?: string[];
}

export interface BackfillInput {
  /** Default all active assets. */
  symbols?: string[];
  /** Default all that the asset's provider has. */
  timeframes?: StoredTimeframe[];
  /** RFC 3339 or date, market clock, half-open; default as far as the provider reaches. */
  from?: string;
  to?: string;
  /** Asks also for what is already stored, so that late corrections are seen. */
  refetch?: boolean;
  trigger?: Trigger;
}

/** Input of HealWorkflow: finds and fills holes, or asks again for what is stored. */
export interface HealInput {
  pipeline: UpkeepPipeline;
  /** Default all active assets. */
  symbols?: string[];
  /** Default all that the asset's provider has. */
  timeframes?: StoredTimeframe[];
}

/** Input of AdjustWorkflow: one asset, whose price level has changed. */
export interface AdjustInput {
  assetId: number;
  symbol: string;
}

/** Input of ReleaseWorkflow: the payload of a rejected row that was released. */
export interface ReleaseInput {
  payloadId: number;
  assetId: number;
  timeframe: StoredTimeframe;
}

/** @param id of the rejected row */
export const releaseWorkflowId = (id: number): string => `release-${id}`;

export const INITIAL_BACKFILL_ID = 'backfill-initial';

/** Query `progress` of a BackfillWorkflow. */
export interface BackfillProgress {
  requestsTotal: number;
  requestsDone: number;
  requestsFailed: number;
  rowsInserted: number;
}
export const PROGRESS_QUERY = 'progress';

/** What Temporal's states of a closed workflow are called here. */
export const CLOSED_STATUSES: Readonly<Record<string, Exclude<RunStatus, 'running'>>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};
