import type { ProviderId } from '../config/catalog/providers.js';
import type { Lane } from '../contracts/queues.js';
import {
  failPermit,
  type Permit,
  type ProviderCall,
  recordCall,
  refusePermit,
  releasePermit,
  returnPermit,
} from '../db/repositories/provider/provider-gate.js';
import { joinPages } from '../providers/pages.js';
import { ProviderError, type RawPayload } from '../providers/provider.js';
import type { Deps } from './deps.js';
import { failureTypeOf, isOutage, retryLater } from './failures.js';
import { permitLapsed, waitForPermit, whileHeld } from './permits.js';

const MINUTE_MS = 60_000;

/**
 * For how long a failed request blocks its provider for all runs, ms; null if it does not. A 429 concerns the whole
 * provider, never one symbol, and blocks at once; other failures only do so several times in a row. Unless the provider names
 * a time, as CoinGecko does, one request probes it at the end of each block. The first five blocks are short; each one after
 * them lasts a quarter longer, so we notice its recovery within a quarter of the time that it was away, and an address that
 * is banned for a quarter of an hour sends 18 requests meanwhile.
 * @param blocks that no success separates from this one
 */
export function blockAfter(error: ProviderError, failures: number, blocks: number): number | null {
  const isLimited = error.kind === 'rate-limited';
  if (isLimited && error.details.retryAfterMs !== undefined) return error.details.retryAfterMs;
  if (!isLimited && failures < 5) return null;
  const [firstMs, longestMs] = isLimited ? [10_000, 5 * MINUTE_MS] : [5_000, MINUTE_MS];
  return Math.round(Math.min(firstMs * 1.25 ** Math.max(0, blocks - 4), longestMs));
}

interface Sending {
  provider: ProviderId;
  lane: Lane;
  /** Null if it is not part of a run. */
  runId: string | null;
  /** Gives the request up. */
  signal: AbortSignal;
}

/** A request that succeeded. */
interface Sent {
  permit: Permit;
  payload: RawPayload;
  /** Adds it to `provider_calls`. @param payloadId null if its payload is not stored */
  record: (payloadId: number | null) => Promise<void>;
}

/**
 * Sends one request once its provider has given a permit. What comes of it counts for the provider's health, and a failure
 * goes into `provider_calls`; the caller records a success, with what it stored.
 * @throws ProviderError if the request failed; ApplicationFailure, to be retried, if there was no permit, it lapsed, or the
 *   failure blocks the provider
 */
export async function sendWithPermit(
  { pool, gates }: Pick<Deps, 'pool' | 'gates'>,
  { provider, lane, runId, signal }: Sending,
  send: (permit: Permit, signal: AbortSignal) => Promise<RawPayload>,
): Promise<Sent> {
  const permit = await waitForPermit(pool, provider, gates[provider], lane);
  const call = { provider, startedAt: permit.takenAt, runId };
  const begun = performance.now();
  let payload: RawPayload;
  try {
    payload = await whileHeld(pool, permit, signal, (held) => send(permit, held));
  } catch (thrown) {
    // a cancellation, a shutdown, a lapsed permit or a mistake of ours is not a failure of the provider
    if (!(thrown instanceof ProviderError)) {
      await returnPermit(pool, permit);
      throw thrown;
    }
    const durationMs = Math.round(performance.now() - begun);
    const blockedMs = await recordFailure(pool, permit, thrown, { ...call, durationMs });
    throw blockedMs === null ? thrown : retryLater(failureTypeOf(thrown), thrown.message, blockedMs);
  }
  if (!(await releasePermit(pool, permit))) throw permitLapsed(provider);
  const { durationMs, status, url, body } = payload;
  const record = (payloadId: number | null) =>
    recordCall(pool, { ...call, durationMs, status, error: null, message: null, url, bytes: body.length, payloadId });
  return { permit, payload, record };
}

/** Sends the request for one page. @param page undefined for the first one */
export type SendPage = (page: string | undefined, permit: Permit, signal: AbortSignal) => Promise<RawPayload>;

/** No response has as many: one that never ends is an error of the provider. */
const MAX_PAGES = 100;

/** A complete response. */
interface Received {
  payload: RawPayload;
  /** When the permit of the first page was taken, as PostgreSQL writes it: the payload counts as fetched then. */
  fetchedAt: string;
  /** As that of `Sent`. A payload that is only a page or a part of the response is not what its request received. */
  record: (payloadId: number | null) => Promise<void>;
}

/** Sends the requests for all pages of a response, each as `sendWithPermit` does. @throws as that */
export async function receivePages(
  deps: Pick<Deps, 'pool' | 'gates'>,
  sending: Sending,
  send: SendPage,
): Promise<Received> {
  const receive = async (page?: string) => sendWithPermit(deps, sending, (permit, held) => send(page, permit, held));
  const pages: [Sent, ...Sent[]] = [await receive()];
  const record = async (payloadId: number | null) => {
    for (const page of pages) await page.record(pages.length === 1 ? payloadId : null);
  };
  try {
    for (let next = pages[0].payload.next; next !== undefined; next = pages.at(-1)!.payload.next) {
      if (pages.length >= MAX_PAGES)
        throw new ProviderError('bad-content', `${sending.provider}: a response of more than ${MAX_PAGES} pages`);
      pages.push(await receive(next));
    }
  } catch (error) {
    await record(null);
    throw error;
  }
  const [first, ...further] = pages;
  return {
    payload: joinPages([first.payload, ...further.map(({ payload }) => payload)]),
    fetchedAt: first.permit.takenAt,
    record,
  };
}

/** @returns for how long the provider is blocked now, ms; null if this failure blocks nothing */
async function recordFailure(
  pool: Deps['pool'],
  permit: Permit,
  error: ProviderError,
  call: Pick<ProviderCall, 'provider' | 'startedAt' | 'runId' | 'durationMs'>,
): Promise<number | null> {
  let blockedMs: number | null = null;
  if (isOutage(error))
    blockedMs = await failPermit(pool, permit, {
      reason: error.message,
      type: failureTypeOf(error),
      ms: (failures, blocks) => blockAfter(error, failures, blocks),
    });
  else if (error.kind === 'plan-limit') await refusePermit(pool, permit);
  else await releasePermit(pool, permit);
  const { kind, message, details } = error;
  const status = details.status ?? null;
  await recordCall(pool, { ...call, status, error: kind, message, url: null, bytes: null, payloadId: null });
  return blockedMs;
}
