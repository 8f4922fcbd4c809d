import createYahooFinance from 'yahoo-finance2/createYahooFinance';
import chart from 'yahoo-finance2/modules/chart';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { exchange, readData, retryAfterMs, tooLarge, type HttpResponse } from '../errors.js';
import { ProviderError, type BarsRequest, type Provider, type RawPayload } from '../provider.js';
import { countRows, parseBars, YAHOO } from './wire.js';

export interface YahooOptions {
  /** Scheme and host, with a path prefix if need be: requests go to `{baseUrl}/v8/finance/chart/…`. */
  baseUrl: string;
  /** For the whole exchange, body included. */
  timeoutMs?: number;
  /** After decompression. The longest answers known (8 days of minutes, 60 years of days) stay under 2 MB. */
  maxBodyBytes?: number;
}

type Interval = '1m' | '1d';
const INTERVALS: Partial<Record<StoredTimeframe, Interval>> = { '1m': '1m', '1d': '1d' };

/** What the library is given for an answer: an empty chart that passes all of its checks of shape. */
const EMPTY_CHART = JSON.stringify({ chart: { result: [{ meta: {}, indicators: { quote: [{}] } }], error: null } });

const ignore = () => undefined;
const SILENT = { info: ignore, warn: ignore, error: ignore, debug: ignore, dir: ignore };

// only chart(): it needs no crumb, so of the library's code for cookies and consent pages nothing ever runs
const YahooFinance = createYahooFinance({ modules: { chart } });

/**
 * Yahoo Finance through yahoo-finance2's `chart()`. The library words the request (path, parameters, user agent); the
 * exchange itself is ours, through its `fetch` option, and so is all that is made of the answer: the library loses the
 * HTTP status and Retry-After of errors, has no time-out, prints to the console, dies with a TypeError of
 * `"result": null`, and walks every cell with its validator even when told not to validate.
 */
export function createYahoo({
  baseUrl,
  timeoutMs = 12 * SECOND,
  maxBodyBytes = 16 * 1024 * 1024,
}: YahooOptions): Provider {
  const library = new YahooFinance({
    logger: SILENT,
    validation: { logErrors: false, logOptionsErrors: false },
    versionCheck: false, // asks the npm registry, past our fetch
    suppressNotices: ['yahooSurvey'],
    queue: { concurrency: Number.MAX_SAFE_INTEGER }, // the rate is limited for all workers together, elsewhere
  });

  async function fetchBars(request: BarsRequest, signal: AbortSignal): Promise<RawPayload> {
    const { period1, period2, interval } = chartOptions(request);
    const startedAt = performance.now();
    const answer = await exchange(YAHOO.name, signal, timeoutMs, async (either) => {
      let received: HttpResponse | undefined;
      const capture: typeof fetch = async (input, init) => {
        const url = onto(baseUrl, input instanceof Request ? input.url : input);
        received = await send(url, { headers: agentOf(init), signal: either }, maxBodyBytes);
        return new Response(EMPTY_CHART, { headers: { 'content-type': 'application/json' } });
      };
      await library.chart(
        encodeURIComponent(request.providerSymbol), // the library pastes it into the path as it is
        { period1, period2, interval, includePrePost: false, events: 'div|split', return: 'object' },
        { validateResult: false, fetch: capture },
      );
      if (!received) throw new ProviderError('unavailable', `${YAHOO.name}: no request was made`);
      return received;
    });
    return {
      url: answer.url,
      status: answer.status,
      body: answer.body,
      contentType: answer.contentType,
      durationMs: Math.round(performance.now() - startedAt),
      rows: countRows(readData(YAHOO, answer)),
    };
  }

  return { id: 'yahoo', fetchBars, parseBars };
}

/** Dates, because a number would pass through the library as it is: milliseconds where Yahoo counts seconds. */
function chartOptions({ timeframe, window }: BarsRequest): { period1: Date; period2: Date; interval: Interval } {
  const interval = INTERVALS[timeframe];
  if (!interval) throw new ProviderError('not-obtainable', `${YAHOO.name} has no ${timeframe} bars`);
  const from = Math.floor(window.from / SECOND);
  const to = Math.ceil(window.to / SECOND);
  if (!(from < to)) throw new ProviderError('not-obtainable', `${YAHOO.name} was asked for an empty window`);
  return { period1: new Date(from * SECOND), period2: new Date(to * SECOND), interval };
}

/** The library fixes scheme and host: only its path and query are kept. */
function onto(baseUrl: string, libraryUrl: string | URL): string {
  const { pathname, search } = new URL(libraryUrl);
  return `${baseUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

/** Of the library's headers the user agent only: the rest is an empty cookie. */
function agentOf(init: RequestInit | undefined): Record<string, string> {
  const agent = new Headers(init?.headers).get('user-agent');
  return { accept: 'application/json', ...(agent ? { 'user-agent': agent } : {}) };
}

async function send(url: string, init: RequestInit, maxBodyBytes: number): Promise<HttpResponse> {
  const response = await fetch(url, { ...init, redirect: 'manual' }); // a redirect leads to a consent page
  const { headers } = response;
  return {
    url,
    status: response.status,
    body: await readBody(response, maxBodyBytes),
    contentType: headers.get('content-type'),
    retryAfterMs: retryAfterMs(headers.get('retry-after'), headers.get('date')),
  };
}

/** @throws ProviderError bad-content as soon as the cap is passed; the rest is not read */
async function readBody(response: Response, maxBodyBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBodyBytes) tooLarge(YAHOO.name, maxBodyBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
