import { PROVIDERS } from '../config/catalog/providers.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { upsertQuotes } from '../db/repositories/load/quotes.js';
import { type NewBatch, writeBatch } from '../db/repositories/load/write-batch.js';
import { readBarPayloads, readQuotesPayload, type PayloadOfAsset } from '../db/repositories/load/payloads.js';
import { UnknownCalendarError } from '../domain/calendars/index.js';
import { isNullSession } from '../domain/outage.js';
import { isTimely } from '../domain/transform/live-quote.js';
import { ProviderError } from '../providers/provider.js';
import type { FailureType } from '../contracts/failures.js';
import { batchOfPayload } from './batch-of-payload.js';
import type { Deps } from './deps.js';
import { failureTypeOf } from './failures.js';
import type { Transformed, TransformInput } from '../contracts/activities.js';

export const transformActivities = ({
  pool,
  providers,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'clockOffsetMs'>) => {
  /** Turns stored payloads into batches, each by itself: one that cannot be read does not affect the others. */
  async function transformPayloads({ payloadIds, replay = false }: TransformInput): Promise<Transformed[]> {
    const payloads = await readBarPayloads(pool, payloadIds);
    const ofBars = await Promise.all(payloads.map((payload) => transformOne(payload, replay)));
    const others = payloadIds.filter((id) => !payloads.some((payload) => payload.id === id));
    return [...ofBars, ...(await Promise.all(others.map(storeQuotes)))];
  }

  async function transformOne(payload: PayloadOfAsset, replay: boolean): Promise<Transformed> {
    const { id: payloadId, assetId, timeframe } = payload;
    try {
      const provider = providers[payload.provider];
      const batch = batchOfPayload(payload, provider, clockOffsetMs);
      const gone = batch.rowsExtracted === 0 ? provider.saysGone?.(payload.body, payload) : null;
      if (gone) throw new ProviderError('unknown-symbol', gone);
      const batchId = await writeBatch(pool, batch, replay);
      const { rowsExtracted: rows, rejected, coverage } = batch;
      const isNull = isNullSession(coverage);
      const counts = { rows, rejected: rejected.length };
      const problem = problemOf(payload, batch);
      return { payloadId, batchId, assetId, timeframe, ...counts, isNullSession: isNull, ...(problem && { problem }) };
    } catch (error) {
      return { payloadId, assetId, timeframe, rows: 0, error: asData(error) };
    }
  }

  async function storeQuotes(payloadId: number): Promise<Transformed> {
    const series = { payloadId, assetId: null, timeframe: null };
    const payload = await readQuotesPayload(pool, payloadId);
    if (!payload)
      return {
        ...series,
        rows: 0,
        error: { type: 'NotObtainable', message: `payload ${payloadId} is no longer stored` },
      };
    const { body, provider, fetchedAt } = payload;
    try {
      const sent = providers[provider].parseQuotes?.(body) ?? [];
      const quotes = sent.filter((quote) => isTimely(quote, fetchedAt.getTime() + clockOffsetMs));
      const assets = await activeAssets(pool, { provider });
      const known = assets.flatMap((asset) => {
        const quote = quotes.find(({ providerSymbol }) => providerSymbol === asset.providerSymbol);
        return quote ? [{ ...quote, assetId: asset.id, currency: quote.currency ?? asset.currency }] : [];
      });
      if (known.length > 0) await upsertQuotes(pool, known, payloadId);
      return { ...series, batchId: null, rows: sent.length, rejected: 0 };
    } catch (error) {
      return { ...series, rows: 0, error: asData(error) };
    }
  }

  return { transform: transformPayloads };
};

function problemOf(
  { provider, symbol, timeframe }: Pick<PayloadOfAsset, 'provider' | 'symbol' | 'timeframe'>,
  { bars, rejected }: Pick<NewBatch, 'bars' | 'rejected'>,
): { type: FailureType; message: string } | null {
  if (bars.time.length > 0 || rejected.length === 0) return null;
  const rules = [...new Set(rejected.map(({ rule }) => rule))].join(', ');
  const what = `every final row of ${symbol} ${timeframe} from ${PROVIDERS[provider].name} broke a rule (${rules})`;
  return { type: 'AllRejected', message: `${what}: see the quarantine` };
}

/** The failure of a payload that cannot be read, or that was requested for an unknown exchange, which is part of the run's result. @throws any other error, to be retried */
function asData(error: unknown): { type: FailureType; message: string } {
  if (error instanceof ProviderError) return { type: failureTypeOf(error), message: error.message };
  if (error instanceof UnknownCalendarError) return { type: 'InvalidInput', message: error.message };
  throw error;
}
