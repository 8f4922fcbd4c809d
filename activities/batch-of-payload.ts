import { payloadDelayOf } from '../config/catalog/provider-delays.js';
import { seriesLimits } from '../config/catalog/providers.js';
import type { NewBatch } from '../db/repositories/load/write-batch.js';
import type { PayloadOfAsset } from '../db/repositories/load/payloads.js';
import type { Calendar } from '../domain/calendars/calendar.js';
import { calendarOf } from '../domain/calendars/index.js';
import { withReleased } from '../domain/rules/released-rows.js';
import { findSeriesStart } from '../domain/transform/series-start.js';
import { DAY } from '../domain/timeframe.js';
import type { RawBars } from '../domain/transform/raw-bars.js';
import type { TransformContext } from '../domain/transform/place-rows.js';
import { CODE_VERSION, type PayloadCoverage, type SessionAction, transform } from '../domain/transform/transform.js';
import type { Provider } from '../providers/provider.js';

/**
 * The batch of a stored payload. Pure: the same payload, with the same rows released, gives the same batch.
 * @throws ProviderError if the body cannot be read
 */
export function batchOfPayload(
  payload: PayloadOfAsset,
  { parseBars }: Pick<Provider, 'parseBars'>,
  clockOffsetMs: number,
): NewBatch {
  const context = contextOf(payload, clockOffsetMs);
  const { calendar, window, now } = context;
  const raw = withReleased(parseBars(payload.body, { ...payload, window, now }), payload.released);
  const { bars, coverage, rejected, repaired, ignored, quote, actions } = transform(raw, context);
  return {
    payloadId: payload.id,
    codeVersion: CODE_VERSION,
    assetId: payload.assetId,
    timeframe: payload.timeframe,
    bars,
    ...findSeriesStart(raw, { bars, coverage }),
    rowsExtracted: raw.time.length,
    rowsIgnored: ignored,
    rejected,
    repaired,
    quote: quote && { ...quote, currency: quote.currency ?? payload.currency },
    actions: actions.map((action) => ({
      ...action,
      inForceAt: openOf(calendar, action) - clockOffsetMs,
      endsAt: endOf(calendar, action) - clockOffsetMs,
    })),
  };
}

const NO_ROWS: RawBars = {
  ...{ symbol: null, currency: null, timezone: null, granularity: null, liveTime: null, quote: null },
  ...{ time: [], stamp: [], open: [], high: [], low: [], close: [], volume: [], hasVolume: false, actions: [] },
};

/** The most that a payload can cover whose body is no longer known: what it was requested for, as far as it was final. */
export const coverageOfRequest = (
  payload: Omit<PayloadOfAsset, 'body' | 'released'>,
  clockOffsetMs: number,
): PayloadCoverage[] => transform(NO_ROWS, contextOf(payload, clockOffsetMs)).coverage;

function contextOf(payload: Omit<PayloadOfAsset, 'body' | 'released'>, clockOffsetMs: number): TransformContext {
  return {
    ...payload,
    calendar: calendarOf(payload.exchange),
    window: { from: payload.windowFrom, to: payload.windowTo },
    now: payload.fetchedAt + clockOffsetMs,
    settleMs: seriesLimits(payload.provider, payload.timeframe).settleMs,
    delayMs: payloadDelayOf(payload.provider, payload.exchange),
  };
}

/** Open of an action's session, epoch ms, market clock. */
const openOf = (calendar: Calendar, { session, time }: SessionAction): number =>
  calendar.sessionOn(session)?.open ?? time;

/** End of an action's session, epoch ms, market clock. */
const endOf = (calendar: Calendar, { session, time }: SessionAction): number =>
  calendar.sessionOn(session)?.close ?? time + DAY;
