import type { ProviderId } from '../config/catalog/providers.js';
import type { Window } from '../domain/bar.js';
import type { RawBars, RawQuote } from '../domain/transform/raw-bars.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Why a provider gave no usable answer. Each kind has one retry decision (activities/failures.ts). */
export type ProviderErrorKind =
  | 'rate-limited' // 429, or the provider's own words for it
  | 'unavailable' // 5xx, reset, time-out, DNS
  | 'bad-content' // HTML, text, cut or oversized body where JSON was due
  | 'schema-drift' // JSON of another shape; `field` names where
  | 'unknown-symbol' // 404
  | 'not-obtainable' // the provider no longer has, or never gives, this window
  | 'plan-limit'; // the plan of the API key forbids it

/** The only error that leaves a provider. Its message holds no secret and at most 300 characters of provider text. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    readonly details: { status?: number; retryAfterMs?: number; field?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
  }
}

/** Asks for the bars of one series. */
export interface BarsRequest {
  providerSymbol: string;
  timeframe: StoredTimeframe;
  /** Bar opens wanted (for `1d`: session opens), market clock. */
  window: Window;
  /** The market clock at the request, epoch ms: a provider that only serves "the last N days" counts from it. */
  now: number;
}

/** An answer as received, before any interpretation. */
export interface RawPayload {
  /** Without secrets. */
  url: string;
  status: number;
  body: Buffer;
  contentType: string | null;
  durationMs: number;
  /** Rows in the answer, nulls and live rows included. */
  rows: number;
}

/**
 * A source of bars. `fetch*` does one HTTP request and checks only that the body is what it should be (JSON, whole, not
 * an error); `parse*` is pure and turns the body into rows. Both throw ProviderError only, but for one case: when the
 * caller aborts, `fetch*` throws the signal's reason, so that a cancellation stays one.
 */
export interface Provider {
  readonly id: ProviderId;
  fetchBars(request: BarsRequest, signal: AbortSignal): Promise<RawPayload>;
  /** Pure: same body and request, same rows. Times are normalised to the bar's open; nothing is filtered. */
  parseBars(body: Buffer, request: Omit<BarsRequest, 'now'>): RawBars;
  /** Live prices of several symbols in one request, where the provider has that; else quotes come with the bars. */
  fetchQuotes?(providerSymbols: string[], signal: AbortSignal): Promise<RawPayload>;
  parseQuotes?(body: Buffer): RawQuote[];
}
