import { SECOND } from '../../domain/timeframe.js';
import { readData, retryAfterMs, waitUntil, withDeadline } from '../errors.js';
import { send } from '../http.js';
import { ProviderError, type BarsOfManyRequest, type Provider, type RawPayload } from '../provider.js';
import { partsOf } from './parts.js';
import { actionsUrl, barsUrl, needsActions } from './request-url.js';
import { ALPACA, countRows, parseBars, refusedSymbol, tokenOf } from './wire.js';

export interface AlpacaOptions {
  /** https://data.alpaca.markets, or a stand-in. */
  baseUrl: string;
  /** Both or neither: without them, every request fails with plan-limit, and none is sent. */
  keyId: string | undefined;
  secretKey: string | undefined;
  /** `sip`: all exchanges, of which the free plan has the last 15 minutes later. `iex`: one exchange, at once. */
  feed: 'sip' | 'iex';
  /** For the whole request, including the body. */
  timeoutMs?: number;
  /** After decompression. A full page has 1.5 MB. */
  maxBodyBytes?: number;
}

const TIMEOUT_MS = 12 * SECOND;
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** The page with splits and dividends follows the last page of bars; a token after the word goes on from there. */
const ACTIONS = 'actions';
const BARS = 'bars';

/**
 * Alpaca Market Data v2, US stocks: bars of many symbols from `/v2/stocks/bars`, splits and dividends from
 * `/v1/corporate-actions`. The limit of 200 requests a minute is the account's, whoever uses it up.
 */
export function createAlpaca(options: AlpacaOptions): Provider {
  const { keyId, secretKey, feed, timeoutMs = TIMEOUT_MS, maxBodyBytes = MAX_BODY_BYTES } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');

  async function get(url: string, signal: AbortSignal): Promise<{ payload: RawPayload; json: unknown }> {
    if (!keyId || !secretKey)
      throw new ProviderError('plan-limit', 'Alpaca is off: ALPACA_KEY_ID and ALPACA_SECRET_KEY are not set');
    const headers = { accept: 'application/json', 'apca-api-key-id': keyId, 'apca-api-secret-key': secretKey };
    const startedAt = performance.now();
    const { status, body, contentType, ...rest } = await withDeadline(ALPACA.name, signal, timeoutMs, (either) =>
      send(ALPACA.name, url, { headers, signal: either }, maxBodyBytes, untilReset),
    );
    const json = dataOf({ status, body, contentType, ...rest }, [keyId, secretKey]);
    const durationMs = Math.round(performance.now() - startedAt);
    return { payload: { url, status, body, contentType, durationMs, rows: countRows(json) }, json };
  }

  async function fetchBarsOfMany(request: BarsOfManyRequest, signal: AbortSignal, page = BARS): Promise<RawPayload> {
    const [kind, token] = page.split(' ');
    const url = kind === ACTIONS ? actionsUrl(baseUrl, request, token) : barsUrl(baseUrl, request, feed, token);
    const { payload, json } = await get(url, signal);
    const further = tokenOf(json);
    const last = kind === BARS && needsActions(request) ? ACTIONS : undefined;
    return { ...payload, next: further === undefined ? last : `${kind} ${further}` };
  }

  return {
    id: 'alpaca',
    fetchBars: ({ providerSymbol, ...request }, signal, page) =>
      fetchBarsOfMany({ ...request, providerSymbols: [providerSymbol] }, signal, page),
    fetchBarsOfMany,
    partsOf,
    parseBars,
  };
}

/**
 * How long the limit lasts: until X-RateLimit-Reset, in Unix seconds, measured from the response's own Date. A successful
 * response has that header too.
 */
function untilReset(headers: Headers): number | undefined {
  const date = headers.get('date');
  const wait = retryAfterMs(headers.get('retry-after'), date);
  return wait ?? waitUntil(Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * SECOND, date);
}

/** @throws ProviderError as providers/errors.ts decides, with the symbol that was refused, and without the keys */
function dataOf(response: Parameters<typeof readData>[1], secrets: readonly string[]): unknown {
  try {
    return readData(ALPACA, response);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind, details } = error;
    const message = secrets.reduce((text, secret) => text.replaceAll(secret, '(API key)'), error.message);
    throw new ProviderError(kind, message, {
      ...details,
      // a time until which only a rate limit lasts
      retryAfterMs: kind === 'rate-limited' ? details.retryAfterMs : undefined,
      symbol: refusedSymbol(error.message),
    });
  }
}
