import axios, { AxiosError } from 'axios';
import { seriesLimits } from '../../config/catalog/providers.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { exchange, readData, retryAfterMs, tooLarge, type HttpResponse } from '../errors.js';
import { ProviderError, type BarsRequest, type Provider, type RawPayload } from '../provider.js';
import { COINGECKO, countRows, parseBars, parseQuotes, QUOTE_CURRENCY } from './wire.js';

export interface CoinGeckoOptions {
  /** With the version, such as https://api.coingecko.com/api/v3. */
  baseUrl: string;
  /** Demo or Pro by the host; without one the limits of the caller's address apply. */
  apiKey?: string;
  /** For the whole exchange, body included. */
  timeoutMs?: number;
  /** After decompression; the longest answer known is 300 kB. */
  maxBodyBytes?: number;
}

/** `/coins/markets` answers for 250 coins at most, and silently leaves out the rest. */
const MAX_COINS = 250;

/** Each plan has its own host and header; a key in the other's is refused. */
export const keyHeaderOf = (baseUrl: string): string =>
  new URL(baseUrl).hostname === 'pro-api.coingecko.com' ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key';

/** CoinGecko v3: candles from `/coins/{id}/ohlc`, live prices with 24 h volume from `/coins/markets`, both in USD. */
export function createCoinGecko(options: CoinGeckoOptions): Provider {
  const { apiKey, timeoutMs = 12 * SECOND, maxBodyBytes = 16 * 1024 * 1024 } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const http = axios.create({
    headers: { accept: 'application/json', ...(apiKey ? { [keyHeaderOf(baseUrl)]: apiKey } : {}) },
    responseType: 'arraybuffer',
    maxContentLength: maxBodyBytes,
    maxRedirects: 0, // the key goes to no other host
    validateStatus: () => true,
  });

  async function send(url: string, signal: AbortSignal): Promise<HttpResponse> {
    const response = await http.get<Buffer>(url, { signal }).catch((error: unknown) => {
      if (error instanceof AxiosError && error.message.startsWith('maxContentLength'))
        tooLarge(COINGECKO.name, maxBodyBytes);
      throw error;
    });
    const header = (name: string) => (response.headers[name] as string | undefined) ?? null;
    return {
      url,
      status: response.status,
      body: response.data,
      contentType: header('content-type'),
      retryAfterMs: retryAfterMs(header('retry-after'), header('date')),
    };
  }

  async function get(path: string, parameters: Record<string, string>, signal: AbortSignal): Promise<RawPayload> {
    const query = new URLSearchParams({ vs_currency: QUOTE_CURRENCY.toLowerCase(), ...parameters });
    const url = `${baseUrl}${path}?${query.toString()}`;
    const startedAt = performance.now();
    const answer = await exchange(COINGECKO.name, signal, timeoutMs, (either) => send(url, either));
    const { status, body, contentType } = answer;
    const rows = countRows(dataOf(answer, apiKey));
    return { url, status, body, contentType, durationMs: Math.round(performance.now() - startedAt), rows };
  }

  return {
    id: 'coingecko',
    async fetchBars(request, signal) {
      const path = `/coins/${encodeURIComponent(request.providerSymbol)}/ohlc`;
      return await get(path, { days: String(daysFor(request)) }, signal);
    },
    parseBars,
    async fetchQuotes(ids, signal) {
      if (ids.length > MAX_COINS) {
        throw new ProviderError(
          'not-obtainable',
          `${COINGECKO.name}: ${ids.length} coins in one request, at most ${MAX_COINS}`,
        );
      }
      return await get('/coins/markets', { ids: ids.join(','), per_page: String(MAX_COINS) }, signal);
    },
    parseQuotes,
  };
}

/** @throws ProviderError as providers/errors.ts decides, without the key, should the provider repeat it */
function dataOf(answer: HttpResponse, apiKey: string | undefined): unknown {
  try {
    return readData(COINGECKO, answer);
  } catch (error) {
    if (!apiKey || !(error instanceof ProviderError)) throw error;
    throw new ProviderError(error.kind, error.message.replaceAll(apiKey, '(API key)'), error.details);
  }
}

/**
 * The fewest of the days that the endpoint knows which reach the window's start, counted back from the market clock;
 * the most when none does: part of the window is better than nothing.
 * @throws ProviderError not-obtainable when even those end before the window's end
 */
function daysFor({ timeframe, window, now }: Pick<BarsRequest, 'timeframe' | 'window' | 'now'>): number {
  const tails = tailDaysOf(timeframe);
  const widest = tails.at(-1)!;
  if (window.to <= now - widest * DAY) {
    throw new ProviderError(
      'not-obtainable',
      `${COINGECKO.name} gives ${timeframe} bars of the last ${widest} days only`,
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
