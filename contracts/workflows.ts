import type { ProviderId } from '../config/catalog/providers.js';
import type { LivePipeline, Pipeline, UpkeepPipeline } from '../config/catalog/schedules.js';
import type { Trigger } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Workflow types and their inputs: what the worker, the API and the CLI agree on. */

export const WORKFLOWS = {
  stocks: 'StocksWorkflow',
  crypto: 'CryptoWorkflow',
  backfill: 'BackfillWorkflow',
  heal: 'HealWorkflow',
  verify: 'VerifyWorkflow',
  adjust: 'AdjustWorkflow',
  release: 'ReleaseWorkflow',
  reconcile: 'ReconcileWorkflow',
  housekeeping: 'HousekeepingWorkflow',
  backup: 'BackupWorkflow',
  page: 'PageWorkflow',
  lookUp: 'LookUpWorkflow',
  alerts: 'AlertsWorkflow',
  alertDelivery: 'AlertDeliveryWorkflow',
} as const;

/** The pipeline of a workflow type whose runs have a row; StocksWorkflow is started for both of its pipelines, by its input. */
export const PIPELINE_OF_TYPE: Readonly<Record<string, Pipeline>> = {
  [WORKFLOWS.stocks]: 'stocks_1min',
  [WORKFLOWS.crypto]: 'crypto_20min',
  [WORKFLOWS.backfill]: 'backfill',
  [WORKFLOWS.heal]: 'heal_gaps',
  [WORKFLOWS.verify]: 'verify_bars',
  [WORKFLOWS.adjust]: 'adjust_splits',
  [WORKFLOWS.release]: 'release',
};

/** Input of StocksWorkflow and CryptoWorkflow. */
export interface LiveInput {
  pipeline: LivePipeline;
  /** Nominal time (wall clock, RFC 3339), for runs that no schedule starts. */
  at?: string;
  /** Default: all active assets of the pipeline's provider. */
  symbols?: string[];
}

/** Which bars a backfill requests: those that are missing, only those that earlier requests did not get, or also stored ones. */
export const REPROCESS = ['missing', 'failed', 'all'] as const;

/** Which bars of a page of assets a backfill requests first. */
export const BACKFILL_ORDERS = ['newest', 'oldest'] as const;

/** Input of BackfillWorkflow. It may also use former names, which planning/backfill-request.ts reads. */
export interface BackfillInput {
  /** Default: all active assets. */
  symbols?: string[];
  /** Default: all timeframes that the asset's provider has. */
  timeframes?: StoredTimeframe[];
  /** RFC 3339 or date, market clock, half-open. Default: as far as the provider reaches. */
  from?: string;
  to?: string;
  /** Default: missing. */
  reprocess?: (typeof REPROCESS)[number];
  /** Default: newest. */
  order?: (typeof BACKFILL_ORDERS)[number];
  /** Own requests in progress, 1 to MAX_CONCURRENCY, which is the default. */
  concurrency?: number;
  /** Counts its requests first, and waits for the Update `approve`. */
  waitForApproval?: boolean;
  trigger?: Extract<Trigger, 'manual' | 'initial'>;
}

/** The series that an upkeep run looks at. */
export interface UpkeepScope {
  /** Default: all active assets. */
  symbols?: string[];
  /** Default: all timeframes that the asset's provider has. */
  timeframes?: StoredTimeframe[];
}

/** Input of HealWorkflow, which finds and fills holes. */
export interface HealInput extends UpkeepScope {
  /** Before VerifyWorkflow existed, `verify_bars` made HealWorkflow verify. Runs and schedules of then still say so. */
  pipeline?: UpkeepPipeline;
}

/** Input of VerifyWorkflow, which fetches again what is stored. */
export type VerifyInput = UpkeepScope;

/** Input of AdjustWorkflow: an asset whose price level has changed. */
export interface AdjustInput {
  assetId: number;
  symbol: string;
  /** Provider, of a further source of the asset. */
  source?: ProviderId;
}

/** Input of ReleaseWorkflow: the payload of a rejected row that an operator has released. */
export interface ReleaseInput {
  payloadId: number;
  assetId: number;
  timeframe: StoredTimeframe;
}
