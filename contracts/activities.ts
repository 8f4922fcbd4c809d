import type { ProviderId } from '../config/catalog/providers.js';
import type { LivePipeline, Pipeline } from '../config/catalog/schedules.js';
import type { HoldReason } from '../domain/adjustment/hold-reason.js';
import type { Window } from '../domain/bar.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import type { Symptom } from '../domain/outage.js';
import type { RunCounts, RunKey, RunStatus, Trigger } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import type { FailureType } from './failures.js';
import type { Lane } from './queues.js';
import type { AdjustInput, BackfillInput, UpkeepScope } from './workflows.js';

/**
 * Inputs and results of the activities, in the order of a run: open, plan, extract, transform, load, close. They hold
 * ids, windows and counts; bars never pass through a workflow's history.
 */

export interface OpenRunInput extends RunKey {
  pipeline: Pipeline;
  trigger: Trigger;
  /** Wall clock, epoch ms; null if no schedule started the run. */
  scheduledAt: number | null;
  startedAt: number;
}

export interface OpenedRun {
  /** Market clock, epoch ms: floored to the pipeline's grid, and as scheduled. */
  nominalAt: number;
  asOf: number;
  /** Workflow id of an older live run that is still running. */
  supersededBy: string | null;
}

/** One request to a provider. */
export type PlannedRequest =
  | {
      kind: 'bars';
      provider: ProviderId;
      assetId: number;
      symbol: string;
      /** Absent from a plan made before November 2026. */
      exchange?: CalendarId;
      providerSymbol: string;
      timeframe: StoredTimeframe;
      window: Window;
    }
  | { kind: 'quotes'; provider: ProviderId; providerSymbols: string[] };

/** Part of a plan: at most `limit` requests after the first `offset`. */
interface PageInput {
  limit: number;
  offset: number;
}

/** The run that a plan is for, whose steps name bad assets; absent from a plan made before November 2026. */
interface PlanOfRun {
  run?: RunKey;
}

export interface LivePlanInput extends PlanOfRun {
  pipeline: LivePipeline;
  trigger: Trigger;
  nominalAt: number;
  asOf: number;
  symbols?: string[];
}

export type BackfillPlanInput = PlanOfRun &
  PageInput &
  Pick<BackfillInput, 'symbols' | 'timeframes' | 'from' | 'to' | 'refetch'>;

export interface HealPlanInput extends PlanOfRun, PageInput, UpkeepScope {
  /** Includes slots that wait for their next attempt: a person wants to know now. */
  impatient: boolean;
}

export interface VerifyPlanInput extends PlanOfRun, PageInput, UpkeepScope {
  /** Includes all sessions that the provider still has, due or not. */
  everything: boolean;
}

export interface Plan {
  requests: PlannedRequest[];
  /** Why there is nothing to do; null if there is something. */
  skipped: string | null;
  /** There are requests beyond the limit. */
  more: boolean;
  /** Assets whose rows no run can work with, in words: they fail, and the others go on. */
  problems?: { assetId: number; problem: string }[];
  /** Slots that the provider left empty and whose next attempt is not due yet. */
  waiting: number;
  /** Providers with an outage verdict: a run probes each of them before it sends the other requests. */
  outages?: ProviderId[];
  /** Exchanges that trade now: their assets are the best probes. */
  trading?: CalendarId[];
}

export interface EndOutageInput {
  provider: ProviderId;
}

export interface DeclareOutageInput {
  provider: ProviderId;
  symptom: Symptom;
  /** In words, for the log. */
  message: string;
}

/** What an activity did for one series; also recorded as a step of the run. */
export interface StepOfSeries {
  assetId: number | null;
  timeframe: StoredTimeframe | null;
  rows: number;
}

export interface ExtractInput {
  run: RunKey;
  lane: Lane;
  request: PlannedRequest;
}

/** A payload in the database: just extracted, or one that may hold bars which have been lost. */
export interface StoredPayload extends StepOfSeries {
  payloadId: number;
}

export interface TransformInput {
  run: RunKey;
  payloadIds: number[];
  /** The payloads were loaded before, and their bars should be loaded once more. */
  replay?: boolean;
}

/** The outcome for one payload. `batchId` is null for quotes, which need no load. */
export type Transformed = { payloadId: number } & StepOfSeries &
  (
    | {
        batchId: number | null;
        rejected: number;
        isNullSession?: boolean;
        /** Why nothing of it will be stored although it can be loaded. */
        problem?: { type: FailureType; message: string };
      }
    | { error: { type: FailureType; message: string } }
  );

export interface LoadInput {
  run: RunKey;
  batchIds: number[];
}

/** The outcome for one batch. */
export interface Loaded extends StepOfSeries {
  batchId: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Why it was held back instead of stored. */
  held: HoldReason | null;
  /** The workflow should start AdjustWorkflow with this. */
  adjust?: AdjustInput;
  /** Why it was not loaded, if its asset cannot be. */
  error?: { type: FailureType; message: string };
}

export interface ApplySplitsInput {
  run: RunKey;
  assetId: number;
  batchIds: number[];
}

/** How many rows or payload bodies housekeeping has deleted. */
export interface Housekept {
  steps: number;
  calls: number;
  changes: number;
  bodies: number;
}

export interface CloseRunInput extends RunKey, RunCounts {
  status: Exclude<RunStatus, 'running'>;
  errorType: string | null;
  errorMessage: string | null;
}
