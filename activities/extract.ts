import { Context } from '@temporalio/activity';
import { insertPayload } from '../db/repositories/load/payloads.js';
import {
  failPermit,
  recordCall,
  releasePermit,
  takePermit,
  type Permit,
} from '../db/repositories/provider/provider-gate.js';
import { ProviderError, type Provider, type RawPayload } from '../providers/provider.js';
import type { Lane } from '../contracts/queues.js';
import type { Deps } from './deps.js';
import { isOutage, retryLater } from './failures.js';
import type { Extracted, ExtractInput, PlannedRequest } from '../contracts/activities.js';

/** Waits for a slot up to this long inside the activity; a longer wait is Temporal's business. ms. */
const PATIENCE_MS = { live: 5_000, bulk: 15_000 } satisfies Record<Lane, number>;
const MINUTE_MS = 60_000;

/**
 * How long a failed request keeps everyone from its provider, ms. A 429 is about the whole provider, never one symbol:
 * Yahoo names no time and blocks an address for minutes, CoinGecko sends Retry-After. Other failures only count when
 * they come in a row. Each block without a good answer in between lasts twice as long as the one before.
 */
export function blockAfter(error: ProviderError, failures: number, blocks: number): number | null {
  if (error.kind === 'rate-limited')
    return error.details.retryAfterMs ?? Math.min(MINUTE_MS * 2 ** blocks, 5 * MINUTE_MS);
  return failures < 5 ? null : Math.min(5_000 * 2 ** blocks, MINUTE_MS);
}

export const extractActivities = ({
  pool,
  providers,
  gates,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'gates' | 'clockOffsetMs'>) => {
  /** One HTTP request: takes a slot, asks, and stores the body as received. */
  async function extract({ run, lane, request }: ExtractInput): Promise<Extracted> {
    const { cancellationSignal } = Context.current();
    const slot = await waitForSlot(request, lane);
    let answer: RawPayload;
    const call = { provider: request.provider, startedAt: slot.takenAt, runId: run.runId };
    const begun = performance.now();
    try {
      answer = await ask(providers[request.provider], request, slot.takenAtMs + clockOffsetMs, cancellationSignal);
    } catch (thrown) {
      const error =
        thrown instanceof ProviderError ? thrown : new ProviderError('unavailable', String(thrown), { cause: thrown });
      const status = error.details.status ?? null;
      if (isOutage(error))
        await failPermit(pool, slot, {
          reason: error.message,
          ms: (failures, blocks) => blockAfter(error, failures, blocks),
        });
      else await releasePermit(pool, slot);
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
    await releasePermit(pool, slot);
    const payloadId = await insertPayload(pool, {
      provider: request.provider,
      kind: request.kind,
      assetId: request.kind === 'bars' ? request.assetId : null,
      timeframe: request.kind === 'bars' ? request.timeframe : null,
      windowFrom: request.kind === 'bars' ? request.window.from : null,
      windowTo: request.kind === 'bars' ? request.window.to : null,
      ...answer,
      fetchedAt: slot.takenAt,
      ...run,
    });
    await recordCall(pool, {
      ...call,
      durationMs: answer.durationMs,
      status: answer.status,
      error: null,
      message: null,
      url: answer.url,
      bytes: answer.body.length,
      payloadId,
    });
    return {
      payloadId,
      rows: answer.rows,
      assetId: request.kind === 'bars' ? request.assetId : null,
      timeframe: request.kind === 'bars' ? request.timeframe : null,
    };
  }

  async function waitForSlot({ provider }: PlannedRequest, lane: Lane): Promise<Permit> {
    const deadline = performance.now() + PATIENCE_MS[lane];
    for (;;) {
      const answer = await takePermit(pool, provider, gates[provider][lane]);
      if ('permit' in answer) return answer.permit;
      if (answer.blocked || performance.now() + answer.waitMs > deadline) {
        const seconds = (answer.waitMs / 1000).toFixed(1);
        const why = answer.blocked ? `held back for ${seconds} s more: ${answer.reason ?? 'it failed'}` : 'busy';
        throw retryLater('RateLimited', `${provider} is ${why}`, answer.waitMs + 50);
      }
      await Context.current().sleep(answer.waitMs);
    }
  }

  return { extract };
};

function ask(provider: Provider, request: PlannedRequest, now: number, signal: AbortSignal): Promise<RawPayload> {
  if (request.kind === 'bars') return provider.fetchBars({ ...request, now }, signal);
  if (!provider.fetchQuotes)
    throw new ProviderError('not-obtainable', `${provider.id} has no request for prices alone`);
  return provider.fetchQuotes(request.providerSymbols, signal);
}
