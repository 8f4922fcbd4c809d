import axios, { AxiosError } from 'axios';
import { LRUCache } from 'lru-cache';
import { seriesLimits } from '../../config/catalog/providers.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { withDeadline, readData, retryAfterMs, tooLarge, type HttpResponse } from '../errors.js';
import { ProviderError, type BarsRequest, type Provider, type RawPayload } from '../provider.js';
import { parseInstrument, parseSearch } from './instruments.js';
import { COINGECKO, countRows, parseBars, parseQuotes, QUOTE_CURRENCY } from './wire.js';

export interface CoinGeckoOptions {
  /** Including the version, such as https://api.coingecko.com/api/v3. */
  baseUrl: string;
  /** A Demo or Pro key, depending on the host. Without a key, the limits of the caller's address apply. */
  apiKey?: string;
  /** For the whole request, including the body. */
  timeoutMs?: number;
  /** After decompression. The largest known payload has 300 kB. */
  maxBodyBytes?: number;
}

const TIMEOUT_MS = 12 * SECOND;
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const OK = 200;
const NOT_MODIFIED = 304;
/** `/coins/markets` returns at most 250 coins and silently leaves out the rest. */
const MAX_COINS = 250;

const IN_USD = { vs_currency: QUOTE_CURRENCY.toLowerCase() };

/** Bodies to ask about again: enough for a hundred coins. */
const KNOWN_BYTES = 32 * 1024 * 1024;

/** The last body from a URL, and the tag by which the provider knows it. */
interface Known {
  etag: string;
  body: Buffer;
  contentType: string | null;
}

/** Each plan has its own host and header. A key in the header of the other plan is rejected. */
export const keyHeaderOf = (baseUrl: string): string =>
  new URL(baseUrl).hostname === 'pro-api.coingecko.com' ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key';

/** CoinGecko v3: candles from `/coins/{id}/ohlc`, live prices with 24 h volume from `/coins/markets`, both in USD. */
export function createCoinGecko(options: CoinGeckoOptions): Provider {
  const { apiKey, timeoutMs = TIMEOUT_MS, maxBodyBytes = MAX_BODY_BYTES } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const http = axios.create({
    headers: { accept: 'application/json', ...(apiKey ? { [keyHeaderOf(baseUrl)]: apiKey } : {}) },
    responseType: 'arraybuffer',
    maxContentLength: maxBodyBytes,
    maxRedirects: 0, // never sends the key to another host
    validateStatus: () => true,
  });

  const known = new LRUCache<string, Known>({ maxSize: KNOWN_BYTES, sizeCalculation: ({ body }) => body.length || 1 });

  async function send(url: string, etag: string | undefined, signal: AbortSignal) {
    const headers = etag === undefined ? {} : { 'if-none-match': etag };
    const response = await http.get<Buffer>(url, { signal, headers }).catch((error: unknown) => {
      if (error instanceof AxiosError && error.message.startsWith('maxContentLength'))
        tooLarge(COINGECKO.name, maxBodyBytes);
      throw error;
    });
    const header = (name: string) => (response.headers[name] as string | undefined) ?? null;
    const received: HttpResponse = {
      url,
      status: response.status,
      body: response.data,
      contentType: header('content-type'),
      retryAfterMs: retryAfterMs(header('retry-after'), header('date')),
    };
    return { received, etag: header('etag') };
  }

  /** If the provider says that its last response still holds (304), the payload is that body, received again now. */
  async function get(path: string, parameters: Record<string, string>, signal: AbortSignal): Promise<RawPayload> {
    const query = new URLSearchParams(parameters);
    const url = `${baseUrl}${path}?${query.toString()}`;
    const last = known.get(url);
    const startedAt = performance.now();
    const { received, etag } = await withDeadline(COINGECKO.name, signal, timeoutMs, (either) =>
      send(url, last?.etag, either),
    );
    const { status } = received;
    const whole = last && status === NOT_MODIFIED ? { ...received, ...last, status: OK } : received;
    const rows = countRows(dataOf(whole, apiKey));
    const { body, contentType } = whole;
    if (etag !== null) known.set(url, { etag, body, contentType });
    return { url, status, body, contentType, durationMs: Math.round(performance.now() - startedAt), rows };
  }

  return {
    id: 'coingecko',
    async fetchBars(request, signal) {
      const path = `/coins/${encodeURIComponent(request.providerSymbol)}/ohlc`;
      return await get(path, { ...IN_USD, days: String(daysFor(request)) }, signal);
    },
    parseBars,
    async fetchQuotes(ids, signal) {
      if (ids.length > MAX_COINS) {
        throw new ProviderError(
          'not-obtainable',
          `${COINGECKO.name}: ${ids.length} coins in one request, at most ${MAX_COINS}`,
        );
      }
      return await get('/coins/markets', { ...IN_USD, ids: ids.join(','), per_page: String(MAX_COINS) }, signal);
    },
    parseQuotes,
    fetchSearch: (text, signal) => get('/search', { query: text }, signal),
    parseSearch,
    // ids are found, too; `/coins/{id}` has the same with a hundred times the bytes
    fetchInstrument: (id, _now, signal) => get('/search', { query: id }, signal),
    parseInstrument,
  };
}

/** @throws ProviderError as providers/errors.ts decides, with the key removed in case the provider repeats it */
function dataOf(response: HttpResponse, apiKey: string | undefined): unknown {
  try {
    return readData(COINGECKO, response);
  } catch (error) {
    if (!apiKey || !(error instanceof ProviderError)) throw error;
    throw new ProviderError(error.kind, error.message.replaceAll(apiKey, '(API key)'), error.details);
  }
}

/**
 * The smallest `days` that the endpoint accepts and that reaches the window's start, counted back from the market clock. If
 * none reaches it, the largest: part of the window is better than nothing.
 * @throws ProviderError not-obtainable if even the largest does not reach the window's end
 */
function daysFor({ timeframe, window, now }: Pick<BarsRequest, 'timeframe' | 'window' | 'now'>): number {
  const tails = tailDaysOf(timeframe);
  const widest = tails.at(-1)!;
  if (window.to <= now - widest * DAY) {
    throw new ProviderError(
      'not-obtainable',
      `${COINGECKO.name} has ${timeframe} bars of the last ${widest} days only`,
    );
  }
  return tails.find((days) => now - days * DAY <= window.from) ?? widest;
}

function tailDaysOf(timeframe: BarsRequest['timeframe']): number[] {
  try {
    return seriesLimits('coingecko', timeframe).tailDays ?? [];
  } catch {
    throw new ProviderError('not-obtainable', `${COINGECKO.name} has no ${timeframe} bars`);
  }
}
