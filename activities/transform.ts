import { EXCHANGES, seriesLimits } from '../config/catalog.js';
import { activeAssets } from '../db/repositories/assets.js';
import { upsertQuotes, writeBatch } from '../db/repositories/batches.js';
import { readBarPayloads, readQuotesPayload, type PayloadOfAsset } from '../db/repositories/payloads.js';
import type { Calendar } from '../domain/calendars/calendar.js';
import { calendarOf } from '../domain/calendars/index.js';
import { findSeriesStart } from '../domain/series-start.js';
import { DAY } from '../domain/timeframe.js';
import { type SessionAction, transform } from '../domain/transform.js';
import { ProviderError } from '../providers/provider.js';
import type { FailureType } from '../workflows/contracts.js';
import type { Deps } from './deps.js';
import { failureTypeOf } from './failures.js';
import type { Transformed, TransformInput } from './types.js';

/** Counts up with every change of what transform makes of a payload: same payload, same version, same batch. */
const CODE_VERSION = 'transform-2';

export const transformActivities = ({
  pool,
  providers,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'clockOffsetMs'>) => {
  /** Turns stored payloads into batches, each on its own: one that can't be read does not cost its neighbours. */
  async function transformPayloads({ payloadIds, replay = false }: TransformInput): Promise<Transformed[]> {
    const payloads = await readBarPayloads(pool, payloadIds);
    const ofBars = await Promise.all(payloads.map((payload) => transformOne(payload, replay)));
    const others = payloadIds.filter((id) => !payloads.some((payload) => payload.id === id));
    return [...ofBars, ...(await Promise.all(others.map(storeQuotes)))];
  }

  async function transformOne(payload: PayloadOfAsset, replay: boolean): Promise<Transformed> {
    const { id: payloadId, assetId, timeframe } = payload;
    try {
      const batch = batchOf(payload);
      const batchId = await writeBatch(pool, batch, replay);
      return { payloadId, batchId, assetId, timeframe, rows: batch.rowsExtracted, rejected: batch.rejected.length };
    } catch (error) {
      return { payloadId, assetId, timeframe, rows: 0, error: asData(error) };
    }
  }

  function batchOf(payload: PayloadOfAsset) {
    const window = { from: payload.windowFrom, to: payload.windowTo };
    const calendar = calendarOf(payload.exchange);
    const raw = providers[payload.provider].parseBars(payload.body, { ...payload, window });
    const { bars, answered, rejected, ignored, quote, actions } = transform(raw, {
      ...payload,
      calendar,
      window,
      now: payload.fetchedAt + clockOffsetMs,
      settleMs: seriesLimits(payload.provider, payload.timeframe).settleMs,
      delayMs: EXCHANGES[payload.exchange].delayMs,
    });
    return {
      payloadId: payload.id,
      codeVersion: CODE_VERSION,
      assetId: payload.assetId,
      timeframe: payload.timeframe,
      bars,
      ...findSeriesStart(raw, { bars, answered }),
      rowsExtracted: raw.time.length,
      rowsIgnored: ignored,
      rejected,
      quote: quote && { ...quote, currency: quote.currency ?? payload.currency },
      actions: actions.map((action) => ({ ...action, endsAt: endOf(calendar, action) - clockOffsetMs })),
    };
  }

  async function storeQuotes(payloadId: number): Promise<Transformed> {
    const series = { payloadId, assetId: null, timeframe: null };
    const { body, provider } = await readQuotesPayload(pool, payloadId);
    try {
      const quotes = providers[provider].parseQuotes?.(body) ?? [];
      const assets = await activeAssets(pool, { provider });
      const known = assets.flatMap((asset) => {
        const quote = quotes.find(({ providerSymbol }) => providerSymbol === asset.providerSymbol);
        return quote ? [{ ...quote, assetId: asset.id, currency: quote.currency ?? asset.currency }] : [];
      });
      if (known.length > 0) await upsertQuotes(pool, known, payloadId);
      return { ...series, batchId: null, rows: quotes.length, rejected: 0 };
    } catch (error) {
      return { ...series, rows: 0, error: asData(error) };
    }
  }

  return { transform: transformPayloads };
};

/** End of an action's session, epoch ms, market clock. */
const endOf = (calendar: Calendar, { session, time }: SessionAction): number =>
  calendar.sessionOn(session)?.close ?? time + DAY;

/** A payload that can't be read is data of the run; anything else is retried. */
function asData(error: unknown): { type: FailureType; message: string } {
  if (error instanceof ProviderError) return { type: failureTypeOf(error), message: error.message };
  throw error;
}
