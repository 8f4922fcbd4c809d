import type { ProviderId } from '../config/catalog/providers.js';
import type { LivePipeline, Pipeline } from '../config/catalog/schedules.js';
import type { HoldReason } from '../domain/adjustment/hold-reason.js';
import type { Window } from '../domain/bar.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import type { Symptom } from '../domain/outage.js';
import type { RequestCounts, RunCounts, RunKey, RunStatus, Trigger } from '../domain/run.js';
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
  /** Workflow id of another live run of the pipeline that is still running: this run gives way to it. */
  supersededBy: string | null;
}

/** One request to a provider: for bars of one asset, or for quotes. */
export type SingleRequest =
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

/** One request for bars of several assets, all of one exchange. */
export interface ManyRequest {
  kind: 'many';
  provider: ProviderId;
  exchange: CalendarId;
  timeframe: StoredTimeframe;
  window: Window;
  assets: { assetId: number; symbol: string; providerSymbol: string }[];
}

export type PlannedRequest = SingleRequest | ManyRequest;

/** The assets that a request is for; none, if it is for quotes. */
export function assetsOf(request: PlannedRequest): number[] {
  if (request.kind === 'quotes') return [];
  return request.kind === 'bars' ? [request.assetId] : request.assets.map(({ assetId }) => assetId);
}

/** Part of a plan: at most `limit` requests after the first `offset`. */
interface PageInput {
  limit: number;
  offset: number;
}

/** Part of a plan by assets, in the order of their ids: about `limit` requests or payloads, whole assets. */
interface AssetPageInput {
  /** Absent from a plan of a worker from before December 2026: no limit. */
  limit?: number;
  /** Id of the last asset of the page before. */
  after?: number | undefined;
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
  /** For more requests, the plan names assets instead, to be planned a page at a time. Default: no limit. */
  limit?: number;
  /** A page: plans for these assets only, in this order. */
  assetIds?: number[];
}

/** A page of a backfill. `offset` is for workflows from before December 2026, which know no `after`: others send 0. */
export interface BackfillPlanInput extends PlanOfRun, PageInput, BackfillInput {
  /** Id of the last asset of the page before. */
  after?: number | undefined;
  /** The input of a run as it was given, for its first plan to check. */
  asked?: unknown;
}

/** The input of a run as it was given, to be counted before it begins. */
export interface BackfillCountInput {
  asked: unknown;
}

/** What a run has done so far, for its row. */
export interface RecordProgressInput extends RunKey, RunCounts, RequestCounts {}

export type ReplayPlanInput = AssetPageInput & UpkeepScope;

export interface HealPlanInput extends PlanOfRun, AssetPageInput, UpkeepScope {
  /** Includes slots that wait for their next attempt: a person wants to know now. */
  impatient: boolean;
}

export interface VerifyPlanInput extends PlanOfRun, AssetPageInput, UpkeepScope {
  /** Includes all sessions that the provider still has, due or not. */
  everything: boolean;
}

export interface Plan {
  requests: PlannedRequest[];
  /** Why there is nothing to do; null if there is something. */
  skipped: string | null;
  /** It is skipped because the provider's monthly quota would not last. */
  isSpaced?: true;
  /** There are requests beyond the limit. */
  more: boolean;
  /** If there are more: the last asset of a page by assets, after which the next one begins. */
  next?: number;
  /** Of a live run with more requests than its limit: the assets, in the order in which to request them. */
  assetIds?: number[];
  /** Of a live run: how many requests per second its provider takes. */
  requestsPerSecond?: number;
  /** Assets whose rows no run can work with, in words: they fail, and the others go on. */
  problems?: { assetId: number; problem: string }[];
  /** Slots that the provider left empty and whose next attempt is not due yet. */
  waiting: number;
  /** Providers with an outage verdict: a run probes each of them before it sends the other requests. */
  outages?: ProviderId[];
  /** Exchanges that trade now: their assets are the best probes. */
  trading?: CalendarId[];
}

/** A page of a backfill. */
export interface BackfillPlan extends Plan {
  /** Assets in this page and those before it, and in all. Absent from a plan of a worker from before December 2026. */
  assets?: { planned: number; total: number };
  /** How far apart the rates of bulk work keep the requests to each provider. */
  secondsPerRequest?: Partial<Record<ProviderId, number>>;
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
  request: SingleRequest;
}

export interface ExtractManyInput {
  run: RunKey;
  lane: Lane;
  request: ManyRequest;
}

/** What came of a request for several assets: a payload each, or why the provider refuses one. */
export interface ExtractedMany {
  payloads: StoredPayload[];
  refused: { assetId: number; error: { type: FailureType; message: string } }[];
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

/** Comparisons of sources that were stored, and those of them with a finding. */
export interface SourcesCompared {
  compared: number;
  findings: number;
  /** Sources that are no longer served, or are served again. */
  rolesChanged: number;
}

/** How many rows or payload bodies housekeeping has deleted. */
export interface Housekept {
  steps: number;
  calls: number;
  changes: number;
  /** Entries of the quarantine that went into others. */
  rejected: number;
  bodies: number;
  /** The size of what was deleted, as it was stored. Absent from a worker from before December 2026. */
  bytes?: Record<'steps' | 'calls' | 'changes' | 'bodies', number>;
}

/** What an evaluation of the alerts has changed. */
export interface AlertsJudged {
  opened: number;
  closed: number;
  /** Whether a message about them is to be sent now. */
  hasNews: boolean;
}

/** A message about alerts. @property id sent with it, the same at every attempt */
export interface DeliveryInput {
  id: string;
}

export interface AbandonDeliveryInput extends DeliveryInput {
  reason: string;
}

/** A base copy that was taken: its name, the size of the database and of the copy in bytes, and how many were deleted for it. */
export interface BackedUp {
  name: string;
  bytes: number;
  copyBytes: number;
  droppedCopies: number;
}

/** Without counts of requests, those that the row has remain. */
export interface CloseRunInput extends RunKey, RunCounts, Partial<RequestCounts> {
  status: Exclude<RunStatus, 'running'>;
  errorType: string | null;
  errorMessage: string | null;
}

/** How a run was closed. */
export interface ClosedRun extends Pick<RunCounts, 'assetsOk' | 'assetsFailed'> {
  /** Of the assets that failed in it. */
  failedSymbols: string[];
}
