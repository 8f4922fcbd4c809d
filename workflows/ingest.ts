import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import pMap from 'p-map';
import {
  assetsOf,
  type Loaded,
  type ManyRequest,
  type PlannedRequest,
  type SingleRequest,
  type StoredPayload,
  type Transformed,
} from '../contracts/activities.js';
import { FAILURES } from '../contracts/failures.js';
import type { Lane } from '../contracts/queues.js';
import type { HoldReason } from '../domain/adjustment/hold-reason.js';
import { addRows, NO_ROWS, type RowCounts, type RunKey } from '../domain/run.js';
import { extractManyOn, extractOn, load, transform } from './activities.js';
import { startAdjustments } from './children.js';
import { addDone, type Done, type Failed, failedWith, type Ingested, nothingIngested, sum } from './ingested.js';
import type { RetryProfile } from './timeouts-and-retries.js';
import { timeOutsAreNoOutage } from './patches.js';
import { CONCURRENCY, GROUP_SIZE } from './replay-sensitive.js';

/** How requests are sent. */
export interface Sending {
  lane: Lane;
  retryProfile: RetryProfile;
  /** After it, no request is sent; the next run begins with those that are left. Epoch ms. */
  until?: number | undefined;
  /** Runs each extract, when its turn has come. Default: at once. */
  inTurn?: InTurn | undefined;
}

/** Whether the time for sending is over. What a run sends at once is in time, however little time it has. */
export const isOver = ({ until = Number.POSITIVE_INFINITY }: Pick<Sending, 'until'>): boolean => Date.now() > until;

export const BULK: Sending = { lane: 'bulk', retryProfile: 'bulk' };

/** Is told how much is done so far, and the outcome that was added last. */
export type OnProgress = (soFar: Done, last: Ingested) => void;

export type InTurn = (extract: () => Promise<StoredPayload>, request: SingleRequest) => Promise<StoredPayload>;

/**
 * Extracts, transforms and loads requests concurrently; each fails by itself. A few requests are transformed and loaded
 * one by one, many in groups, as their extracts complete.
 * @param onProgress called after each request or group
 */
export async function ingest(
  run: RunKey,
  requests: PlannedRequest[],
  { lane, retryProfile, until, inTurn = (extract) => extract() }: Sending,
  onProgress: OnProgress = () => undefined,
): Promise<Ingested> {
  const groupSize = requests.length <= GROUP_SIZE ? 1 : GROUP_SIZE;
  const loads: Promise<void>[] = [];
  const outcomes: Ingested[] = [];
  let soFar: Done = nothingIngested();
  let waiting: StoredPayload[] = [];
  const settle = (outcome: Ingested) => {
    outcomes.push(outcome);
    soFar = addDone(soFar, outcome);
    onProgress(soFar, outcome);
  };
  const flush = () => {
    if (waiting.length > 0) loads.push(transformAndLoad(run, waiting).then(settle));
    waiting = [];
  };
  const extractOne = async (request: PlannedRequest) => {
    if (isOver({ until })) return;
    try {
      if (request.kind === 'many') {
        settle(await ingestMany(run, request, { lane, retryProfile }));
        return;
      }
      const extracted = await inTurn(() => extractOn(request, lane, retryProfile)({ run, lane, request }), request);
      waiting.push(extracted);
      if (waiting.length >= groupSize) flush();
    } catch (error) {
      settle(failedRequest(request, failureOf(error)));
    }
  };
  // waits for all of them, even if one is cancelled: a promise without an owner could end the workflow
  const [extracts] = await Promise.allSettled([pMap(requests, extractOne, { concurrency: CONCURRENCY })]);
  flush();
  for (const settled of [extracts, ...(await Promise.allSettled(loads))]) {
    if (settled.status === 'rejected') throw settled.reason;
  }
  return sum(outcomes);
}

/** The outcome of a request that failed, for all of its assets. */
const failedRequest = (request: PlannedRequest, failure: Failed): Ingested => {
  const assetIds = assetsOf(request);
  if (assetIds.length <= 1) return failedWith(assetIds[0] ?? null, failure);
  return { ...sum(assetIds.map((assetId) => failedWith(assetId, failure))), requestsFailed: 1 };
};

/** Extracts the bars of several assets with one request; transforms and loads them in groups. */
async function ingestMany(
  run: RunKey,
  request: ManyRequest,
  { lane, retryProfile }: Pick<Sending, 'lane' | 'retryProfile'>,
): Promise<Ingested> {
  const { payloads, refused } = await extractManyOn(request, lane, retryProfile)({ run, lane, request });
  const groups = Array.from({ length: Math.ceil(payloads.length / GROUP_SIZE) }, (_, i) =>
    payloads.slice(i * GROUP_SIZE, (i + 1) * GROUP_SIZE),
  );
  const outcomes = await Promise.all(groups.map((group) => transformAndLoad(run, group)));
  const all = sum([...outcomes, ...refused.map(({ assetId, error }) => failedWith(assetId, error))]);
  return { ...all, requestsDone: 1, requestsFailed: 0 };
}

/** Extracts and transforms requests, as bulk work. The caller loads their batches. */
export async function extractAndTransform(
  run: RunKey,
  requests: SingleRequest[],
): Promise<{ batchIds: number[]; outcome: Ingested }> {
  const batchIds: number[] = [];
  const outcomes = await pMap(
    requests,
    async (request): Promise<Ingested> => {
      try {
        const { payloadId } = await extractOn(request, 'bulk', 'bulk')({ run, lane: 'bulk', request });
        const transformed = await transform({ run, payloadIds: [payloadId] });
        for (const item of transformed) if (!('error' in item) && item.batchId !== null) batchIds.push(item.batchId);
        return sum(transformed.map(outcomeOf));
      } catch (error) {
        return failedRequest(request, failureOf(error));
      }
    },
    { concurrency: CONCURRENCY },
  );
  return { batchIds, outcome: sum(outcomes) };
}

/** Transforms and loads payloads that are stored already, in the given order. Sends no requests. */
export async function ingestStored(
  run: RunKey,
  payloads: StoredPayload[],
  onProgress: (soFar: Done) => void = () => undefined,
): Promise<Ingested> {
  const outcomes: Ingested[] = [];
  let soFar: Done = nothingIngested();
  for (let i = 0; i < payloads.length; i += GROUP_SIZE) {
    const outcome = await transformAndLoad(run, payloads.slice(i, i + GROUP_SIZE), true);
    outcomes.push(outcome);
    soFar = addDone(soFar, outcome);
    onProgress(soFar);
  }
  return sum(outcomes);
}

const HELD_BACK: Record<HoldReason, Failed> = {
  split: {
    type: FAILURES.HeldBack,
    message:
      'held back until a split of the asset is applied; tried again every 30 minutes, as soon as prices from its ex-date show it',
  },
  level_shift: {
    type: FAILURES.HeldBack,
    message: 'held back: the provider sends stored bars at another price level, all by the same ratio',
  },
};

async function transformAndLoad(run: RunKey, extracted: StoredPayload[], replay?: true): Promise<Ingested> {
  try {
    const transformed = await transform({ run, payloadIds: extracted.map(({ payloadId }) => payloadId), replay });
    const batchIds = transformed.flatMap((item) => ('error' in item || item.batchId === null ? [] : [item.batchId]));
    const loaded = batchIds.length > 0 ? await load({ run, batchIds }) : [];
    await startAdjustments(loaded.flatMap(({ adjust }) => adjust ?? []));
    const unloaded = new Map(
      loaded.flatMap(({ batchId, held, error }) => {
        const failure = error ?? (held && HELD_BACK[held]);
        return failure ? [[batchId, failure] as const] : [];
      }),
    );
    const outcomes = transformed.map((item) => {
      const failure = 'error' in item || item.batchId === null ? undefined : unloaded.get(item.batchId);
      return failure ? failedWith(item.assetId, failure) : outcomeOf(item);
    });
    return sum([{ ...nothingIngested(), counts: countsOf(loaded) }, ...outcomes]);
  } catch (error) {
    const failure = failureOf(error);
    return sum(extracted.map(({ assetId }) => failedWith(assetId, failure)));
  }
}

const countsOf = (loaded: Loaded[]): RowCounts =>
  loaded.reduce(
    (counts, { inserted, updated, unchanged }) =>
      addRows(counts, { rowsInserted: inserted, rowsUpdated: updated, rowsUnchanged: unchanged }),
    NO_ROWS,
  );

function outcomeOf(item: Transformed): Ingested {
  if ('error' in item) return failedWith(item.assetId, item.error);
  const nothing = nothingIngested();
  const counts = { ...nothing.counts, rowsExtracted: item.rows, rowsRejected: item.rejected };
  if (item.problem) return { ...failedWith(item.assetId, item.problem), counts, requestsDone: 1, requestsFailed: 0 };
  return {
    ...nothing,
    counts,
    okAssets: item.assetId === null ? [] : [item.assetId],
    signs: item.assetId === null ? {} : signsOf(item.assetId, item),
    requestsDone: 1,
  };
}

function signsOf(
  assetId: number,
  { rows, isNullSession }: { rows: number; isNullSession?: boolean },
): Ingested['signs'] {
  if (!isNullSession) return rows > 0 ? { bars: [assetId] } : {};
  return { null_session: [assetId], ...(rows === 0 ? { no_rows: [assetId] } : {}) };
}

/** The failure behind an error. @throws the error itself if it is a cancellation: a cancelled run has not failed */
export function failureOf(error: unknown): Failed {
  if (isCancellation(error)) throw error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  if (cause instanceof TimeoutFailure) return failureOfTimeout(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof TemporalFailure) return { type: 'Error', message };
  return { type: FAILURES.Bug, message: `this is a bug in Barkeep, please report it: ${message}` };
}

/** What the last attempt failed with, if it said so. */
function failureOfTimeout({ cause }: TimeoutFailure): Failed {
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  const type = timeOutsAreNoOutage() ? FAILURES.TimedOut : FAILURES.ProviderUnavailable;
  return { type, message: 'timed out: no worker completed it in time' };
}
