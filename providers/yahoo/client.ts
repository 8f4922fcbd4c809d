import createYahooFinance from 'yahoo-finance2/createYahooFinance';
import chart from 'yahoo-finance2/modules/chart';
import search from 'yahoo-finance2/modules/search';
import { LONGEST_CLOSURE_MS } from '../../domain/calendars/calendar.js';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { withDeadline, readData, type HttpResponse } from '../errors.js';
import { send } from '../http.js';
import { ProviderError, type BarsRequest, type Provider, type RawPayload } from '../provider.js';
import { knownByName, parseInstrument, parseSearch, SEARCH_RESULTS } from './instruments.js';
import { countRows, parseBars, saysGone, YAHOO } from './wire.js';

export interface YahooOptions {
  /** Scheme and host, optionally with a path prefix: requests go to `{baseUrl}/v8/finance/chart/…`. */
  baseUrl: string;
  /** For the whole request, including the body. */
  timeoutMs?: number;
  /** After decompression. The largest known payloads (8 days of minutes, 60 years of days) are under 2 MB. */
  maxBodyBytes?: number;
}

const TIMEOUT_MS = 12 * SECOND;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type Interval = '1m' | '1d';
const INTERVALS: Partial<Record<StoredTimeframe, Interval>> = { '1m': '1m', '1d': '1d' };

/** The responses that the library gets to see, which pass all of its checks: an empty chart, and a search without results. */
const EMPTY_CHART = { chart: { result: [{ meta: {}, indicators: { quote: [{}] } }], error: null } };
const EMPTY_SEARCH = { quotes: [], news: [] };

const ignore = () => undefined;
const SILENT = { info: ignore, warn: ignore, error: ignore, debug: ignore, dir: ignore };

// only what needs no crumb, so the library's code for cookies and consent pages never runs
const YahooFinance = createYahooFinance({ modules: { chart, search } });

/**
 * Yahoo Finance through yahoo-finance2's `chart()` and `search()`. The library builds the request (path, parameters, user
 * agent). Sending it, through the library's `fetch` option, and interpreting the response are ours, because the library
 * loses the HTTP status and Retry-After of errors, has no timeout, prints to the console, throws a TypeError on
 * `"result": null`, and validates every cell even if validation is disabled.
 */
export function createYahoo({
  baseUrl,
  timeoutMs = TIMEOUT_MS,
  maxBodyBytes = MAX_BODY_BYTES,
}: YahooOptions): Provider {
  const library = new YahooFinance({
    logger: SILENT,
    validation: { logErrors: false, logOptionsErrors: false },
    versionCheck: false, // would call the npm registry, bypassing our fetch
    suppressNotices: ['yahooSurvey'],
    queue: { concurrency: Number.MAX_SAFE_INTEGER }, // permits limit the rate, for all workers together
  });

  /** @param ask makes the library build the request, and takes the response that the library gets to see */
  async function request(
    signal: AbortSignal,
    shown: object,
    rowsOf: (json: unknown) => number,
    ask: (options: { validateResult: false; fetch: typeof fetch }) => Promise<unknown>,
  ): Promise<RawPayload> {
    const startedAt = performance.now();
    const response = await withDeadline(YAHOO.name, signal, timeoutMs, async (either) => {
      let received: HttpResponse | undefined;
      const capture: typeof fetch = async (input, init) => {
        const url = onto(baseUrl, input instanceof Request ? input.url : input);
        received = await send(YAHOO.name, url, { headers: agentOf(init), signal: either }, maxBodyBytes);
        return new Response(JSON.stringify(shown), { headers: { 'content-type': 'application/json' } });
      };
      await ask({ validateResult: false, fetch: capture });
      if (!received) throw new ProviderError('unavailable', `${YAHOO.name}: no request was sent`);
      return received;
    });
    return {
      url: response.url,
      status: response.status,
      body: response.body,
      contentType: response.contentType,
      durationMs: Math.round(performance.now() - startedAt),
      rows: rowsOf(readData(YAHOO, response)),
    };
  }

  async function fetchBars(bars: BarsRequest, signal: AbortSignal): Promise<RawPayload> {
    const window = chartOptions(bars);
    // the library inserts the symbol into the path without encoding
    const symbol = encodeURIComponent(bars.providerSymbol);
    const options = { ...window, includePrePost: false, events: 'div|split', return: 'object' as const };
    return request(signal, EMPTY_CHART, countRows, (module) => library.chart(symbol, options, module));
  }

  const fetchSearch = async (text: string, signal: AbortSignal): Promise<RawPayload> =>
    request(
      signal,
      EMPTY_SEARCH,
      () => 0,
      (module) => library.search(text, { quotesCount: SEARCH_RESULTS, newsCount: 0 }, module),
    );

  const fetchInstrument = async (providerSymbol: string, now: number, signal: AbortSignal): Promise<RawPayload> =>
    fetchBars(
      {
        providerSymbol: providerSymbol.toUpperCase(),
        timeframe: '1d',
        window: { from: now - LONGEST_CLOSURE_MS, to: now },
        now,
      },
      signal,
    );

  return {
    ...{ id: 'yahoo', fetchBars, parseBars, saysGone },
    ...{ fetchSearch, parseSearch, knownByName, fetchInstrument, parseInstrument },
  };
}

/** Uses dates, because the library passes numbers on unchanged: milliseconds, but Yahoo expects seconds. */
function chartOptions({ timeframe, window }: BarsRequest): { period1: Date; period2: Date; interval: Interval } {
  const interval = INTERVALS[timeframe];
  if (!interval) throw new ProviderError('not-obtainable', `${YAHOO.name} has no ${timeframe} bars`);
  const from = Math.floor(window.from / SECOND);
  const to = Math.ceil(window.to / SECOND);
  if (!(from < to)) throw new ProviderError('not-obtainable', `${YAHOO.name}: the requested window is empty`);
  return { period1: new Date(from * SECOND), period2: new Date(to * SECOND), interval };
}

/** Replaces scheme and host, which the library does not let us choose. */
function onto(baseUrl: string, libraryUrl: string | URL): string {
  const { pathname, search } = new URL(libraryUrl);
  return `${baseUrl.replace(/\/+$/, '')}${pathname}${search}`;
}

/** Keeps only the user agent of the library's headers; the rest is an empty cookie. */
function agentOf(init: RequestInit | undefined): Record<string, string> {
  const agent = new Headers(init?.headers).get('user-agent');
  return { accept: 'application/json', ...(agent ? { 'user-agent': agent } : {}) };
}
