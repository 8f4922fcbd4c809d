import type { LivePipeline, UpkeepPipeline } from '../config/catalog/schedules.js';
import type { Trigger } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Workflow types and their inputs: what the worker, the API and the CLI agree on. */

export const WORKFLOWS = {
  stocks: 'StocksWorkflow',
  crypto: 'CryptoWorkflow',
  backfill: 'BackfillWorkflow',
  heal: 'HealWorkflow',
  adjust: 'AdjustWorkflow',
  release: 'ReleaseWorkflow',
  reconcile: 'ReconcileWorkflow',
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
