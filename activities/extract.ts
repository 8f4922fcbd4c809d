import { Context } from '@temporalio/activity';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { insertPayload } from '../db/repositories/load/payloads.js';
import {
  failPermit,
  recordCall,
  releasePermit,
  returnPermit,
  takePermit,
  type Permit,
} from '../db/repositories/provider/provider-gate.js';
import { ProviderError, type Provider, type RawPayload } from '../providers/provider.js';
import { FAILURES, type FailureType } from '../contracts/failures.js';
import type { Lane } from '../contracts/queues.js';
import type { Deps } from './deps.js';
import { failureTypeOf, isOutage, retryLater } from './failures.js';
import type { ExtractInput, PlannedRequest, StoredPayload } from '../contracts/activities.js';

/** The longest wait for a permit inside the activity, ms; for a longer one, the activity fails and Temporal retries it. */
const PERMIT_WAIT_MS = { live: 5_000, bulk: 15_000 } satisfies Record<Lane, number>;
const MINUTE_MS = 60_000;

/**
 * For how long a failed request blocks its provider for all runs, ms; null if it does not. A 429 concerns the whole
 * provider, never one symbol: Yahoo names no time and blocks an address for minutes, CoinGecko sends Retry-After. Other
 * failures only count several times in a row. A block that no success separates from the one before lasts twice as long.
 */
export function blockAfter(error: ProviderError, failures: number, blocks: number): number | null {
  if (error.kind === 'rate-limited')
    return error.details.retryAfterMs ?? Math.min(MINUTE_MS * 2 ** blocks, 5 * MINUTE_MS);
  return failures < 5 ? null : Math.min(5_000 * 2 ** blocks, MINUTE_MS);
}

/** The failure type of a block; one from before blocks had a type was a 429 in most cases. */
const blockTypeOf = (type: string | null): FailureType =>
  type !== null && type in FAILURES ? (type as FailureType) : FAILURES.RateLimited;

/** What happened, what we do, and when we try again. @param now epoch ms */
export function blockMessage(
  provider: ProviderId,
  { reason, failures, waitMs }: { reason: string | null; failures: number; waitMs: number },
  now: number,
): string {
  const { name } = PROVIDERS[provider];
  // an error of a provider begins with its short name
  const what = reason?.replace(`${name.split(' ')[0]}: `, '') ?? 'it failed';
  const times = failures > 1 ? ` (${failures} failures in a row)` : '';
  const until = new Date(now + waitMs).toISOString().slice(11, 19);
  return `${name}: ${what}${times}. No requests until ${until}Z; next try in ${Math.ceil(waitMs / 1000)} s.`;
}

/** As `blockMessage`, for a provider with which nothing is wrong. @param waitedMs so long for a permit */
export const busyMessage = (provider: ProviderId, waitedMs: number, waitMs: number): string =>
  `${PROVIDERS[provider].name} is busy with our other requests: no permit within ${Math.round(waitedMs / 1000)} s. ` +
  `Next try in ${Math.ceil(waitMs / 1000)} s.`;

export const extractActivities = ({
  pool,
  providers,
  gates,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'gates' | 'clockOffsetMs'>) => {
  /** Sends one HTTP request once it has a permit, and stores the body as received. */
  async function extract({ run, lane, request }: ExtractInput): Promise<StoredPayload> {
    const { cancellationSignal } = Context.current();
    const permit = await waitForPermit(request, lane);
    let payload: RawPayload;
    const call = { provider: request.provider, startedAt: permit.takenAt, runId: run.runId };
    const begun = performance.now();
    try {
      payload = await fetchPayload(
        providers[request.provider],
        request,
        permit.takenAtMs + clockOffsetMs,
        cancellationSignal,
      );
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) {
        // a cancellation, a shutdown or a mistake of ours is no failure of the provider
        await returnPermit(pool, permit);
        throw thrown;
      }
      const error = thrown;
      const status = error.details.status ?? null;
      if (isOutage(error))
        await failPermit(pool, permit, {
          reason: error.message,
          type: failureTypeOf(error),
          ms: (failures, blocks) => blockAfter(error, failures, blocks),
        });
      else await releasePermit(pool, permit);
      await recordCall(pool, {
        ...call,
        durationMs: Math.round(performance.now() - begun),
        status,
        error: error.kind,
        message: error.message,
        url: null,
        bytes: null,
        payloadId: null,
      });
      throw error;
    }
    await releasePermit(pool, permit);
    const payloadId = await insertPayload(pool, {
      provider: request.provider,
      kind: request.kind,
      assetId: request.kind === 'bars' ? request.assetId : null,
      timeframe: request.kind === 'bars' ? request.timeframe : null,
      providerSymbol: request.kind === 'bars' ? request.providerSymbol : null,
      windowFrom: request.kind === 'bars' ? request.window.from : null,
      windowTo: request.kind === 'bars' ? request.window.to : null,
      ...payload,
      fetchedAt: permit.takenAt,
      ...run,
    });
    await recordCall(pool, {
      ...call,
      durationMs: payload.durationMs,
      status: payload.status,
      error: null,
      message: null,
      url: payload.url,
      bytes: payload.body.length,
      payloadId,
    });
    return {
      payloadId,
      rows: payload.rows,
      assetId: request.kind === 'bars' ? request.assetId : null,
      timeframe: request.kind === 'bars' ? request.timeframe : null,
    };
  }

  /** @throws ApplicationFailure of the type that caused the block, or PermitBusy if the wait is too long; to be retried later */
  async function waitForPermit({ provider }: PlannedRequest, lane: Lane): Promise<Permit> {
    const deadline = performance.now() + PERMIT_WAIT_MS[lane];
    for (;;) {
      const taken = await takePermit(pool, provider, gates[provider][lane]);
      if ('permit' in taken) return taken.permit;
      if (taken.blocked || performance.now() + taken.waitMs > deadline) {
        throw taken.blocked
          ? retryLater(blockTypeOf(taken.type), blockMessage(provider, taken, Date.now()), taken.waitMs + 50)
          : retryLater(
              FAILURES.PermitBusy,
              busyMessage(provider, PERMIT_WAIT_MS[lane], taken.waitMs),
              taken.waitMs + 50,
            );
      }
      await Context.current().sleep(taken.waitMs);
    }
  }

  return { extract };
};

async function fetchPayload(
  provider: Provider,
  request: PlannedRequest,
  now: number,
  signal: AbortSignal,
): Promise<RawPayload> {
  if (request.kind === 'bars') return provider.fetchBars({ ...request, now }, signal);
  if (!provider.fetchQuotes)
    throw new ProviderError('not-obtainable', `${provider.id} has no request for quotes alone`);
  return provider.fetchQuotes(request.providerSymbols, signal);
}
