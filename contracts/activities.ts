import type { LivePipeline, Pipeline } from '../config/catalog/schedules.js';
import type { ProviderId } from '../config/catalog/providers.js';
import type { HoldReason } from '../domain/adjustment/hold-reason.js';
import type { RunKey } from '../domain/run.js';
import type { Window } from '../domain/bar.js';
import type { Symptom } from '../domain/outage.js';
import type { RunCounts, RunStatus, Trigger } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import type { BackfillInput } from './workflows.js';
import type { FailureType } from './failures.js';
import type { Lane } from './queues.js';

/** One request to a provider. `assetIds` has one entry for bars. */
export type PlannedRequest =
  | {
      kind: 'bars';
      provider: ProviderId;
      assetId: number;
      symbol: string;
      providerSymbol: string;
      timeframe: StoredTimeframe;
      window: Window;
    }
  | { kind: 'quotes'; provider: ProviderId; providerSymbols: string[] };

export interface OpenInput extends RunKey {
  pipeline: Pipeline;
  trigger: Trigger;
  /** Wall clock, epoch ms. */
  scheduledAt: number | null;
  startedAt: number;
}

export interface OpenedRun {
  /** Market clock, epoch ms: floored to the pipeline's grid, and as scheduled. */
  nominalAt: number;
  asOf: number;
  /** Workflow id of an older live run that is still under way. */
  supersededBy: string | null;
}

export interface LivePlanInput {
  pipeline: LivePipeline;
  trigger: Trigger;
  nominalAt: number;
  asOf: number;
  symbols?: string[];
}

export interface BackfillPlanInput extends Pick<BackfillInput, 'symbols' | 'timeframes' | 'from' | 'to' | 'refetch'> {
  /** At most so many requests, after the first `offset`; the rest is planned anew. */
  limit: number;
  offset: number;
}

export interface OutageInput {
  provider: ProviderId;
}

export interface OutageVerdict extends OutageInput {
  symptom: Symptom;
  /** In words, for the log. */
  message: string;
}

export interface Plan {
  requests: PlannedRequest[];
  /** Why there is nothing to do; null when there is. */
  skipped: string | null;
  /** There are requests beyond the limit. */
  more: boolean;
  /** Slots that the provider left empty and that are not due to be asked for again yet. */
  waiting: number;
  /** Providers that most assets last got nothing good from: one request probes each of them before all others go out. */
  outages?: ProviderId[];
}

export interface ExtractInput {
  run: RunKey;
  lane: Lane;
  request: PlannedRequest;
}

/** What heal and verify look at. */
export interface UpkeepScope {
  /** Default all active assets. */
  symbols?: string[];
  /** Default all that the asset's provider has. */
  timeframes?: StoredTimeframe[];
}

export interface UpkeepPlanInput extends UpkeepScope {
  /** At most so many requests, after the first `offset`; the rest is planned anew. */
  limit: number;
  offset: number;
}

export interface HealPlanInput extends UpkeepPlanInput {
  /** Asks also for what waits for its next attempt: a person wants to know now. */
  impatient: boolean;
}

export interface VerifyPlanInput extends UpkeepPlanInput {
  /** All that the provider still has, due or not. */
  everything: boolean;
}

/** A stored payload that may give back bars which are gone. */
export interface StoredPayload extends StepOfSeries {
  payloadId: number;
}

export interface ApplyInput {
  run: RunKey;
  assetId: number;
  batchIds: number[];
}

/** What an activity did for one series, also recorded as a step of the run. */
export interface StepOfSeries {
  assetId: number | null;
  timeframe: StoredTimeframe | null;
  rows: number;
}

export interface Extracted extends StepOfSeries {
  payloadId: number;
}

export interface TransformInput {
  run: RunKey;
  payloadIds: number[];
  /** Of payloads that were loaded before: their bars are to come back. */
  replay?: boolean;
}

/** What became of one payload; `batchId` null for quotes, which need no load. */
export type Transformed = { payloadId: number } & StepOfSeries &
  (
    | { batchId: number | null; rejected: number; isNullSession?: boolean }
    | { error: { type: FailureType; message: string } }
  );

export interface LoadInput {
  run: RunKey;
  batchIds: number[];
}

export interface Loaded extends StepOfSeries {
  batchId: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Why it was set aside instead of stored. */
  held: HoldReason | null;
}

export interface CloseInput extends RunKey, RunCounts {
  status: Exclude<RunStatus, 'running'>;
  errorType: string | null;
  errorMessage: string | null;
}
