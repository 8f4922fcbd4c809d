import type { Instrument } from '../config/catalog/instrument.js';
import type { ProviderId } from '../config/catalog/providers.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
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
  | 'plan-limit'; // the API key is missing, wrong or at the wrong host: no request is answered

export interface ErrorDetails {
  status?: number;
  retryAfterMs?: number;
  /** Path of the field with an unexpected shape. */
  field?: string;
  /** Of a request for several symbols, the one that the provider refuses: without it, the request would succeed. */
  symbol?: string;
  cause?: unknown;
}

/** The only error that providers throw. Its message has no secrets and at most 300 characters of provider text. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }
}

/** A request for bars of one series. */
export interface BarsRequest {
  providerSymbol: string;
  timeframe: StoredTimeframe;
  /** The calendar of the asset, for payloads whose times have no zone. Default: UTC. */
  exchange?: CalendarId;
  /** Requested bar opens (for `1d` session opens), market clock. */
  window: Window;
  /** The market clock at the time of the request, epoch ms: "the last N days" count back from it. */
  now: number;
}

/** A request for bars of several series, of one timeframe and window. */
export interface BarsOfManyRequest extends Omit<BarsRequest, 'providerSymbol'> {
  providerSymbols: readonly string[];
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
  /** Where the next page begins, in the provider's own terms; undefined if this is the last one. */
  next?: string | undefined;
}

/**
 * A source of bars. `fetch*` sends one HTTP request and only checks that the body is complete JSON and not an error;
 * if the provider answers in pages, `next` of a payload is the `page` of the request for the one after it (pages.ts).
 * `parse*` is pure and turns a body into rows. Both throw only ProviderError, with one exception: if the caller aborts,
 * `fetch*` throws the signal's reason, so that a cancellation remains one.
 */
export interface Provider {
  readonly id: ProviderId;
  fetchBars(request: BarsRequest, signal: AbortSignal, page?: string): Promise<RawPayload>;
  /** Fetches bars of several symbols in one request, if the provider has that. */
  fetchBarsOfMany?(request: BarsOfManyRequest, signal: AbortSignal, page?: string): Promise<RawPayload>;
  /** The parts of a payload of `fetchBarsOfMany` that concern each symbol, byte for byte, in the order of `symbols`. Pure. */
  partsOf?(payload: RawPayload, symbols: readonly string[]): RawPayload[];
  /** Pure: the same body and request yield the same rows. Normalises times to the bar's open; filters nothing. */
  parseBars(body: Buffer, request: BarsRequest): RawBars;
  /** Why an empty body shows that the provider no longer has the symbol at all, in words; null if it does not. Pure. */
  saysGone?(body: Buffer, request: Pick<BarsRequest, 'providerSymbol'>): string | null;
  /** Fetches live prices of several symbols in one request, if the provider has that; else quotes come with the bars. */
  fetchQuotes?(providerSymbols: string[], signal: AbortSignal): Promise<RawPayload>;
  parseQuotes?(body: Buffer): RawQuote[];
  /** Searches by name, ticker or ISIN, best match first. For providers whose catalog entry says `searches`. */
  fetchSearch?(text: string, signal: AbortSignal): Promise<RawPayload>;
  /** Pure. Leaves out what is no instrument, and keeps those that cannot be followed, with the reason. */
  parseSearch?(body: Buffer): Instrument[];
  /** What a symbol shows by itself, so that no request is needed: that it cannot be followed. Null if it shows nothing. Pure. */
  knownByName?(providerSymbol: string): Instrument | null;
  /**
   * Fetches all that following one symbol needs to know, in one request.
   * @param providerSymbol as a person wrote it
   * @param now the market clock, epoch ms
   */
  fetchInstrument?(providerSymbol: string, now: number, signal: AbortSignal): Promise<RawPayload>;
  /** Pure. @returns null if the provider has nothing of that name */
  parseInstrument?(body: Buffer, providerSymbol: string): Instrument | null;
}
