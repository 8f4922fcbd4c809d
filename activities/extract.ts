import { Context } from '@temporalio/activity';
import {
  assetsOf,
  type ExtractedMany,
  type ExtractInput,
  type ExtractManyInput,
  type PlannedRequest,
  type StoredPayload,
} from '../contracts/activities.js';
import { insertPayload, insertPayloads } from '../db/repositories/load/payloads.js';
import { recordLiveRequest } from '../db/repositories/provider/live-requests.js';
import type { Lane } from '../contracts/queues.js';
import type { RunKey } from '../domain/run.js';
import { ProviderError } from '../providers/provider.js';
import type { Deps } from './deps.js';
import { failureTypeOf } from './failures.js';
import { receivePages, type SendPage } from './permitted-request.js';

export const extractActivities = (deps: Pick<Deps, 'pool' | 'providers' | 'gates' | 'clockOffsetMs'>) => {
  const { pool, providers, clockOffsetMs } = deps;

  /** Requests one payload, once it has a permit, and stores it as received. */
  async function extract({ run, lane, request }: ExtractInput): Promise<StoredPayload> {
    const provider = providers[request.provider];
    const bars = request.kind === 'bars' ? request : null;
    const send: SendPage = async (page, permit, signal) => {
      if (request.kind === 'bars') {
        if (lane === 'live' && page === undefined)
          await recordLiveRequest(pool, [request.assetId], request.timeframe, permit.takenAt);
        return provider.fetchBars({ ...request, now: permit.takenAtMs + clockOffsetMs }, signal, page);
      }
      if (!provider.fetchQuotes)
        throw new ProviderError('not-obtainable', `${provider.id} has no request for quotes alone`);
      return provider.fetchQuotes(request.providerSymbols, signal);
    };
    const { payload, fetchedAt, record } = await receivePages(deps, sendingOf(run, lane, request), send);
    const series = { assetId: bars?.assetId ?? null, timeframe: bars?.timeframe ?? null };
    const payloadId = await insertPayload(pool, {
      ...payload,
      ...{ provider: request.provider, kind: request.kind, ...series },
      providerSymbol: bars?.providerSymbol ?? null,
      windowFrom: bars?.window.from ?? null,
      windowTo: bars?.window.to ?? null,
      fetchedAt,
      ...run,
    });
    await record(payloadId);
    return { payloadId, rows: payload.rows, ...series };
  }

  /**
   * Requests bars of several assets at once, and stores what the response has of each as a payload of that asset. One that
   * the provider refuses is left out of a further request, and does not fail the others.
   */
  async function extractMany({ run, lane, request }: ExtractManyInput): Promise<ExtractedMany> {
    const refused: ExtractedMany['refused'] = [];
    let { assets } = request;
    while (assets.length > 0) {
      try {
        return { payloads: await extractAll({ run, lane, request: { ...request, assets } }), refused };
      } catch (error) {
        const symbol = error instanceof ProviderError ? error.details.symbol : undefined;
        const bad = assets.filter(({ providerSymbol }) => providerSymbol === symbol);
        if (!(error instanceof ProviderError) || bad.length === 0) throw error;
        const failure = { type: failureTypeOf(error), message: error.message };
        refused.push(...bad.map(({ assetId }) => ({ assetId, error: failure })));
        assets = assets.filter((asset) => !bad.includes(asset));
      }
    }
    return { payloads: [], refused };
  }

  async function extractAll({ run, lane, request }: ExtractManyInput): Promise<StoredPayload[]> {
    const { provider: id, assets, timeframe, window } = request;
    const provider = providers[id];
    if (!provider.fetchBarsOfMany || !provider.partsOf)
      throw new ProviderError('not-obtainable', `${id} has no request for several symbols`);
    const providerSymbols = assets.map(({ providerSymbol }) => providerSymbol);
    const { payload, fetchedAt, record } = await receivePages(
      deps,
      sendingOf(run, lane, request),
      async (page, permit, signal) => {
        if (lane === 'live' && page === undefined)
          await recordLiveRequest(pool, assetsOf(request), timeframe, permit.takenAt);
        const now = permit.takenAtMs + clockOffsetMs;
        return provider.fetchBarsOfMany!({ providerSymbols, timeframe, window, now }, signal, page);
      },
    );
    const parts = provider.partsOf(payload, providerSymbols);
    const ids = await insertPayloads(
      pool,
      {
        ...payload,
        ...{ provider: id, kind: 'bars', timeframe, windowFrom: window.from, windowTo: window.to },
        fetchedAt,
        ...run,
      },
      parts.map(({ url, body, rows }, i) => ({
        ...{ assetId: assets[i]!.assetId, providerSymbol: providerSymbols[i]! },
        ...{ url, body, rows },
      })),
    );
    await record(null);
    return ids.map((payloadId, i) => ({ payloadId, rows: parts[i]!.rows, assetId: assets[i]!.assetId, timeframe }));
  }

  return { extract, extractMany };
};

const sendingOf = ({ runId }: RunKey, lane: Lane, { provider }: PlannedRequest) => ({
  ...{ provider, lane, runId },
  signal: Context.current().cancellationSignal,
});
