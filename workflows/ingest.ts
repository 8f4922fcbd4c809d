import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import pMap from 'p-map';
import type { Loaded, PlannedRequest, StoredPayload, Transformed } from '../contracts/activities.js';
import { FAILURES } from '../contracts/failures.js';
import type { Lane } from '../contracts/queues.js';
import type { HoldReason } from '../domain/adjustment/hold-reason.js';
import { isSymptom, type Sign, SIGNS } from '../domain/outage.js';
import { addRows, NO_ROWS, type RowCounts, type RunKey } from '../domain/run.js';
import { extractOn, load, transform } from './activities.js';
import { startAdjustments } from './children.js';
import type { RetryProfile } from './timeouts-and-retries.js';
import { CONCURRENCY, GROUP_SIZE } from './replay-sensitive.js';

/** Why a request failed. */
export interface Failed {
  type: string;
  message: string;
}

/** The outcome of some requests. Outcomes can be added up. */
export interface Ingested {
  counts: RowCounts;
  /** Assets whose requests all succeeded. */
  okAssets: number[];
  /** Assets with a request that failed. */
  failedAssets: number[];
  /** The first failure of each type. */
  failures: Failed[];
  /** Assets by the signs that they show, which may be signs of their provider or exchange. */
  signs: Partial<Record<Sign, number[]>>;
  requestsDone: number;
  requestsFailed: number;
}

export const nothingIngested = (): Ingested => ({
  counts: { ...NO_ROWS },
  okAssets: [],
  failedAssets: [],
  failures: [],
  signs: {},
  requestsDone: 0,
  requestsFailed: 0,
});

export const failedWith = (assetId: number | null, failure: Failed): Ingested => ({
  ...nothingIngested(),
  failedAssets: assetId === null ? [] : [assetId],
  failures: [failure],
  signs: assetId !== null && isSymptom(failure.type) ? { [failure.type]: [assetId] } : {},
  requestsFailed: 1,
});

export function add(a: Ingested, b: Ingested): Ingested {
  const failedAssets = [...new Set([...a.failedAssets, ...b.failedAssets])];
  return {
    counts: addRows(a.counts, b.counts),
    okAssets: [...new Set([...a.okAssets, ...b.okAssets])].filter((assetId) => !failedAssets.includes(assetId)),
    failedAssets,
    failures: [...a.failures, ...b.failures.filter(({ type }) => !a.failures.some((known) => known.type === type))],
    signs: Object.fromEntries(
      SIGNS.map((sign) => [sign, [...new Set([...(a.signs?.[sign] ?? []), ...(b.signs?.[sign] ?? [])])]]),
    ),
    requestsDone: a.requestsDone + b.requestsDone,
    requestsFailed: a.requestsFailed + b.requestsFailed,
  };
}

/**
 * Extracts, transforms and loads requests concurrently; each fails by itself. A few requests are transformed and loaded
 * one by one, many in groups, as their extracts complete.
 * @param onProgress called after each request or group
 */
export async function ingest(
  run: RunKey,
  requests: PlannedRequest[],
  lane: Lane,
  retryProfile: RetryProfile,
  onProgress: (soFar: Ingested) => void = () => undefined,
): Promise<Ingested> {
  const groupSize = requests.length <= GROUP_SIZE ? 1 : GROUP_SIZE;
  const loads: Promise<void>[] = [];
  let total = nothingIngested();
  let waiting: StoredPayload[] = [];
  const settle = (outcome: Ingested) => {
    total = add(total, outcome);
    onProgress(total);
  };
  const flush = () => {
    if (waiting.length > 0) loads.push(transformAndLoad(run, waiting).then(settle));
    waiting = [];
  };
  const extractOne = async (request: PlannedRequest) => {
    try {
      const extracted = await extractOn(request, lane, retryProfile)({ run, lane, request });
      waiting.push(extracted);
      if (waiting.length >= groupSize) flush();
    } catch (error) {
      settle(failedWith(request.kind === 'bars' ? request.assetId : null, failureOf(error)));
    }
  };
  // waits for all of them, even if one is cancelled: a promise without an owner could end the workflow
  const [extracts] = await Promise.allSettled([pMap(requests, extractOne, { concurrency: CONCURRENCY })]);
  flush();
  for (const settled of [extracts, ...(await Promise.allSettled(loads))]) {
    if (settled.status === 'rejected') throw settled.reason;
  }
  return total;
}

/** Extracts and transforms requests, as bulk work. The caller loads their batches. */
export async function extractAndTransform(
  run: RunKey,
  requests: PlannedRequest[],
): Promise<{ batchIds: number[]; outcome: Ingested }> {
  const batchIds: number[] = [];
  const outcomes = await pMap(
    requests,
    async (request): Promise<Ingested> => {
      try {
        const { payloadId } = await extractOn(request, 'bulk', 'bulk')({ run, lane: 'bulk', request });
        const transformed = await transform({ run, payloadIds: [payloadId] });
        for (const item of transformed) if (!('error' in item) && item.batchId !== null) batchIds.push(item.batchId);
        return transformed.map(outcomeOf).reduce(add, nothingIngested());
      } catch (error) {
        return failedWith(request.kind === 'bars' ? request.assetId : null, failureOf(error));
      }
    },
    { concurrency: CONCURRENCY },
  );
  return { batchIds, outcome: outcomes.reduce(add, nothingIngested()) };
}

/** Transforms and loads payloads that are stored already, in the given order. Sends no requests. */
export async function ingestStored(
  run: RunKey,
  payloads: StoredPayload[],
  onProgress: (soFar: Ingested) => void,
): Promise<Ingested> {
  let total = nothingIngested();
  for (let i = 0; i < payloads.length; i += GROUP_SIZE) {
    total = add(total, await transformAndLoad(run, payloads.slice(i, i + GROUP_SIZE), true));
    onProgress(total);
  }
  return total;
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
    return outcomes.reduce(add, { ...nothingIngested(), counts: countsOf(loaded) });
  } catch (error) {
    const failure = failureOf(error);
    return extracted.map(({ assetId }) => failedWith(assetId, failure)).reduce(add, nothingIngested());
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
  if (cause instanceof TimeoutFailure) {
    const last = cause.cause instanceof ApplicationFailure ? cause.cause : null;
    return {
      type: last?.type ?? FAILURES.ProviderUnavailable,
      message: last?.message ?? 'timed out: no worker completed it in time',
    };
  }
  return { type: 'Error', message: cause instanceof Error ? cause.message : String(cause) };
}
