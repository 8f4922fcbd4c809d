import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { readData, withDeadline } from '../errors.js';
import { send } from '../http.js';
import type { BarsRequest, Provider, RawPayload } from '../provider.js';
import { candlesPath, pageFrom, startAfter } from './request-url.js';
import { COINBASE, countRows, parseBars } from './wire.js';

export interface CoinbaseOptions {
  /** https://api.exchange.coinbase.com, or a stand-in. */
  baseUrl: string;
  /** For the whole request, including the body. */
  timeoutMs?: number;
  /** After decompression. A full page has 30 kB. */
  maxBodyBytes?: number;
}

const TIMEOUT_MS = 12 * SECOND;
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Requests without one are refused. */
const HEADERS = { accept: 'application/json', 'user-agent': 'Barkeep' };

/**
 * A page of this many minutes without a trade is rare, and an empty response to a request that has candles is known: such a
 * page is requested a second time.
 */
const DOUBTFUL_MS = 30 * MINUTE;
const AGAIN = 'again ';

/** Coinbase Exchange: candles of `/products/{id}/candles`, at most 300 in a page. No key. */
export function createCoinbase(options: CoinbaseOptions): Provider {
  const { timeoutMs = TIMEOUT_MS, maxBodyBytes = MAX_BODY_BYTES } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');

  async function fetchBars(request: BarsRequest, signal: AbortSignal, page?: string): Promise<RawPayload> {
    const isAgain = page?.startsWith(AGAIN) ?? false;
    const range = pageFrom(request, page === undefined ? undefined : Date.parse(page.replace(AGAIN, '')));
    const url = baseUrl + candlesPath(request, range);
    const startedAt = performance.now();
    const response = await withDeadline(COINBASE.name, signal, timeoutMs, (either) =>
      send(COINBASE.name, url, { headers: HEADERS, signal: either }, maxBodyBytes),
    );
    const rows = countRows(readData(COINBASE, response));
    const isDoubtful = rows === 0 && !isAgain && range.end - range.start >= DOUBTFUL_MS;
    const next = isDoubtful ? range.start : startAfter(range, request);
    return {
      url,
      status: response.status,
      body: response.body,
      contentType: response.contentType,
      durationMs: Math.round(performance.now() - startedAt),
      rows,
      next: next === undefined ? undefined : (isDoubtful ? AGAIN : '') + new Date(next).toISOString(),
    };
  }

  return { id: 'coinbase', fetchBars, parseBars };
}
