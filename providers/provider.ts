import type { ProviderId } from '../config/catalog/providers.js';
import type { Window } from '../domain/bar.js';
import type { RawBars, RawQuote } from '../domain/transform/raw-bars.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Why a provider sent no usable payload. Each kind leads to one retry decision (activities/failures.ts). */
export type ProviderErrorKind =
  | 'rate-limited' // 429, or the provider's own words for it
  | 'unavailable' // 5xx, reset, timeout, DNS
  | 'bad-content' // HTML, text, or a truncated or oversized body instead of JSON
  | 'schema-drift' // JSON of an unexpected shape; `field` is the path
  | 'unknown-symbol' // 404
  | 'not-obtainable' // the provider no longer has, or never has, this window
  | 'plan-limit'; // the plan of the API key does not include it

/** The only error that providers throw. Its message has no secrets and at most 300 characters of provider text. */
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

/** A request for bars of one series. */
export interface BarsRequest {
  providerSymbol: string;
  timeframe: StoredTimeframe;
  /** Requested bar opens (for `1d` session opens), market clock. */
  window: Window;
  /** The market clock at the time of the request, epoch ms: "the last N days" count back from it. */
  now: number;
}

/** A payload as received, before any interpretation. */
export interface RawPayload {
  /** Contains no secrets. */
  url: string;
  status: number;
  body: Buffer;
  contentType: string | null;
  durationMs: number;
  /** Number of rows, nulls and live rows included. */
  rows: number;
}

/**
 * A source of bars. `fetch*` sends one HTTP request and only checks that the body is complete JSON and not an error;
 * `parse*` is pure and turns a body into rows. Both throw only ProviderError, with one exception: if the caller aborts,
 * `fetch*` throws the signal's reason, so that a cancellation remains one.
 */
export interface Provider {
  readonly id: ProviderId;
  fetchBars(request: BarsRequest, signal: AbortSignal): Promise<RawPayload>;
  /** Pure: the same body and request yield the same rows. Normalises times to the bar's open; filters nothing. */
  parseBars(body: Buffer, request: Omit<BarsRequest, 'now'>): RawBars;
  /** Why an empty body shows that the provider no longer has the symbol at all, in words; null if it does not. Pure. */
  saysGone?(body: Buffer, request: Pick<BarsRequest, 'providerSymbol'>): string | null;
  /** Fetches live prices of several symbols in one request, if the provider has that; else quotes come with the bars. */
  fetchQuotes?(providerSymbols: string[], signal: AbortSignal): Promise<RawPayload>;
  parseQuotes?(body: Buffer): RawQuote[];
}
