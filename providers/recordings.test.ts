import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seriesLimits } from '../config/catalog/providers.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import type { RawBars } from '../domain/transform/raw-bars.js';
import { DAY, type StoredTimeframe } from '../domain/timeframe.js';
import { transform, type TransformResult } from '../domain/transform/transform.js';
import { describeWithRecordings } from '../test/recordings.js';
import { COINGECKO, parseBars as parseCandles, parseQuotes } from './coingecko/wire.js';
import { readData, type Dialect } from './errors.js';
import { ProviderError } from './provider.js';
import { parseBars, YAHOO } from './yahoo/wire.js';

interface Exchange {
  response?: { status?: number; body?: unknown; bodyText?: string };
}

const at = (iso: string) => Date.parse(iso);
const load = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as Exchange;
function responseOf({ response = {} }: Exchange) {
  const { body, bodyText, status = 200 } = response;
  const text = bodyText ?? (typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  return { url: '', status, body: Buffer.from(text), contentType: null, retryAfterMs: undefined };
}

/** Reads and parses as the pipeline does. @returns the parsed data, or the kind of the ProviderError */
function outcomeOf<T>(dialect: Dialect, exchange: Exchange, parse: (body: Buffer) => T): T | string {
  const response = responseOf(exchange);
  try {
    readData(dialect, response);
    return parse(response.body);
  } catch (error) {
    if (error instanceof ProviderError) return error.kind;
    throw error;
  }
}

const CALENDARS: Record<string, CalendarId> = { 'America/New_York': 'XNYS', 'Europe/Berlin': 'XETR' };

/** Transforms with `now` a day after the last trade by default. Exchanges without a calendar count as open every day. */
function transformed(
  raw: RawBars,
  timeframe: StoredTimeframe,
  now = (raw.liveTime ?? at('2026-01-01')) + DAY,
): TransformResult {
  return transform(raw, {
    symbol: raw.symbol ?? '',
    providerSymbol: raw.symbol ?? '',
    currency: raw.currency ?? 'USD',
    calendar: calendarOf(CALENDARS[raw.timezone ?? ''] ?? '24/7'),
    timeframe,
    window: { from: timeframe === '1m' ? now - 7 * DAY : at('1962-01-01'), to: now },
    now,
    settleMs: seriesLimits('yahoo', timeframe === '1m' ? '1m' : '1d').settleMs,
    delayMs: 0,
  });
}

const summary = ({ bars, rejected, ignored, actions }: TransformResult) => {
  const rules: Record<string, number> = {};
  for (const { rule } of rejected) rules[rule] = (rules[rule] ?? 0) + 1;
  return { bars: bars.time.length, ...rules, ...ignored, ...(actions.length ? { actions: actions.length } : {}) };
};

/** The outcome of each payload: number of bars and of rows by rule and reason, or the kind of the error. */
const YAHOO_OUTCOMES: Record<string, unknown> = {
  'AMZN-1m-range30m-2023-05-02': { bars: 30, outside_session: 1 }, // the flat row at the close
  'chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m': { bars: 0 }, // a Saturday
  'chart-TSLA-2025-01-01-to-2025-01-02-interval-1h.fake': { bars: 0 },
  'chart-notimestamp-quotes-length.fake': 'schema-drift',
  'chart-BTC-USD-2020-01-01-to-2020-01-03': { bars: 3 },
  'err-400-interval': 'not-obtainable',
  'err-400-start-date': { bars: 0 },
  'err-404-no-data': 'unknown-symbol',
  'err-422-1m-30-days': 'not-obtainable',
  'err-429-edge': 'rate-limited',
  'err-pageWithUnknownError': 'unknown-symbol',
  'flow-getCrumb-getcrumb': 'bad-content',
  'flow-getCrumb-quote-AAPL-consent.html': 'bad-content',
  'flow-getCrumb-quote-AAPL-copyConsent': 'bad-content',
  'historical-via-chart-0P0000XTS7-2024-09-12-to-2024-09-16': { bars: 0, future: 2 }, // its rows are newer than its last trade
  'historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31': { bars: 252, actions: 4 },
  'historical-via-chart-dividends-TSLA-no-dividends': { bars: 3303 },
  'jb-AAPL-1d-10395': { bars: 10395, actions: 79 },
  'jb-AAPL-1d-759': { bars: 759, actions: 13 },
  'jb-AAPL-1mo-61': { bars: 0, wrong_granularity: 61 },
  'jb-GM-1d-253': { bars: 253 },
  'jb-GME-1d-64': { bars: 64 },
  'jb-GME-1d-65': { bars: 65 },
  'jb-M-1h-5': { bars: 0, wrong_granularity: 5 },
  'jb-M-1h-8': { bars: 0, wrong_granularity: 8 },
  'jb-PM-1mo-61': { bars: 0, wrong_granularity: 61 },
  'jb-PRGS-1h-4': { bars: 0, wrong_granularity: 4 },
  'jb-PRGS-1h-8': { bars: 0, wrong_granularity: 8 },
  'jb-QSI-1d-4': { bars: 4 },
  'jb-SPY-1d-261': { bars: 261 },
  'jb-TSLA-1d-303': { bars: 303, actions: 1 },
  'jb-ULTA-1h-5': { bars: 0, wrong_granularity: 5 },
  'jb-ULTA-1h-8': { bars: 0, wrong_granularity: 8 },
  'jb-^DJI-1m-390': { bars: 390 },
  'jb-^GSPC-1d-21': { bars: 21 },
  'jb-^GSPC-1d-22': { bars: 22 },
  'jb-^GSPC-1m-390': { bars: 390 },
  'jb-^IXIC-1wk-5': { bars: 0, wrong_granularity: 5 },
  'jb-^IXIC-1wk-6': { bars: 0, wrong_granularity: 6 },
  'portfolio-response_yahoo_historical02': { bars: 123, no_session: 1 }, // a flat row on Whit Monday, when Xetra was closed
  'portfolio-yahoo_australian_quotes': { bars: 64 },
  'pricehist-ibm-long-partial': { bars: 10, actions: 17 },
  'pricehist-tsla-recent': { bars: 5 },
  'yahoo-dividendData': { bars: 0, wrong_granularity: 61 },
  'yahoo-historicalData': { bars: 10 },
  'yfrs-history_chart_AAPL': { bars: 127, actions: 2 },
  'yfrs-history_chart_MSFT': { bars: 127, actions: 2 },
};
/** The outcome of chart-{symbol}-2020-01-01-to-2020-01-03.json and similar files: one daily row each. */
const ONE_DAY = { bars: 1 };

const COINGECKO_OUTCOMES: Record<string, unknown> = {
  'err-401-10002-missing-key': 'plan-limit',
  'err-401-10005-pro-only': 'not-obtainable',
  'err-404-coin-not-found': 'unknown-symbol',
  'err-429': 'rate-limited',
  'ohlc-bitcoin-7d-usd-200': { bars: 42 },
  'ohlc-bitcoin-7d-usd-500': 'unavailable',
  'jkorf-GetOhlc': { bars: 3 },
  'jkorf-GetMarkets': { quotes: 1 },
  'markets-bitcoin-myr-200': { quotes: 1 },
  'markets-bitcoin-usd-200': { quotes: 1 },
  'markets-stablecoins-sparkline-200': { quotes: 50 },
  'markets-top250-usd-200': { quotes: 250 },
};
/** Payloads of endpoints that are not used have another shape, or report a missing parameter. */
const otherEndpoint = (file: string) => (file.includes('-422') ? 'not-obtainable' : 'schema-drift');

describeWithRecordings('recorded payloads of Yahoo', (recordings) => {
  const folder = join(recordings, 'yahoo');
  const files = recordings ? readdirSync(folder).map((file) => file.replace('.json', '')) : ['skipped'];
  const granularityOf = ({ response }: Exchange) => {
    const body = response?.body as { chart?: { result?: { meta?: { dataGranularity?: string } }[] } } | undefined;
    return body?.chart?.result?.[0]?.meta?.dataGranularity;
  };
  const parsed = (file: string): { raw: RawBars; timeframe: StoredTimeframe } | string => {
    const exchange = load(folder, file);
    const timeframe = granularityOf(exchange)?.endsWith('m') ? '1m' : '1d';
    const request = { providerSymbol: 'X', timeframe, window: { from: 0, to: 1 } } as const;
    const raw = outcomeOf(YAHOO, exchange, (body) => parseBars(body, request));
    return typeof raw === 'string' ? raw : { raw, timeframe };
  };
  const barsOf = (file: string, now?: number) => {
    const response = parsed(file);
    if (typeof response === 'string') throw new Error(`${file}: ${response}`);
    return transformed(response.raw, response.timeframe, now);
  };

  it.each(files)('%s', (file) => {
    const response = parsed(file);
    const outcome = typeof response === 'string' ? response : summary(transformed(response.raw, response.timeframe));
    expect(outcome).toEqual(YAHOO_OUTCOMES[file] ?? ONE_DAY);
  });

  it('end a session before the flat row at its close', () => {
    const { bars, quote } = barsOf('AMZN-1m-range30m-2023-05-02');
    expect(bars.time.at(-1)).toBe(at('2023-05-02T19:59:00Z'));
    expect([bars.close.at(-1), bars.volume.at(-1)]).toEqual([103.66, 862819]);
    expect(quote).toMatchObject({ providerSymbol: 'AMZN', time: at('2023-05-02T20:00:04Z') });
  });

  it.each([
    ['jb-M-1h-5', { live_row: 1 }],
    ['jb-M-1h-8', { outside_session: 1 }],
  ])('%s: exclude the live row, during the session or at the close', (file, ignored) => {
    const { raw } = parsed(file) as { raw: RawBars };
    const minutes = { ...raw, granularity: null, time: raw.stamp }; // hourly rows that open on full minutes
    expect(transformed(minutes, '1m').ignored).toEqual(ignored);
  });

  it('yield a day once, after its close', () => {
    const forming = barsOf('jb-GME-1d-65', at('2021-08-12T19:38:00Z'));
    expect(forming.bars.session.at(-1)).toBe('2021-08-11');
    expect(forming.ignored).toEqual({ not_final: 1 });
    const final = barsOf('jb-GME-1d-64', at('2021-08-12T20:22:00Z'));
    expect(final.bars.session.at(-1)).toBe('2021-08-12');
    expect([final.bars.close.at(-1), final.bars.volume.at(-1)]).toEqual([162.35, 1275755]);
  });

  it('end with Friday if fetched on a Sunday, though that row is stamped with the last trade', () => {
    const { bars, rejected } = barsOf('jb-AAPL-1d-10395', at('2022-03-06T18:00:00Z'));
    expect(rejected).toEqual([]);
    expect([bars.session[0], bars.session.at(-1)]).toEqual(['1980-12-12', '2022-03-04']);
    expect(bars.time.at(-1)).toBe(at('2022-03-04'));
    expect([bars.open[0], bars.close.at(-1)]).toEqual([0.128348, 163.17]);
  });

  it('have the trading dates of Sydney', () => {
    const { bars } = barsOf('portfolio-yahoo_australian_quotes');
    expect([bars.session[0], bars.session.at(-2), bars.session.at(-1)]).toEqual([
      '2021-10-13',
      '2022-01-12',
      '2022-01-13',
    ]);
  });

  it('have splits with ratio and ex-date', () => {
    expect(barsOf('jb-TSLA-1d-303').actions).toEqual([
      { kind: 'split', time: at('2020-08-31'), session: '2020-08-31', numerator: 5, denominator: 1 },
    ]);
  });
});

describeWithRecordings('recorded payloads of CoinGecko', (recordings) => {
  const folder = join(recordings, 'coingecko');
  const files = recordings ? readdirSync(folder).map((file) => file.replace('.json', '')) : ['skipped'];
  const request = { providerSymbol: 'bitcoin', timeframe: '4h', window: { from: 0, to: 1 } } as const;

  it.each(files)('%s', (file) => {
    const exchange = load(folder, file);
    const outcome = /markets/i.test(file)
      ? outcomeOf(COINGECKO, exchange, (body) => ({ quotes: parseQuotes(body).length }))
      : outcomeOf(COINGECKO, exchange, (body) => summary(transformed(parseCandles(body, request), '4h')));
    expect(outcome).toEqual(COINGECKO_OUTCOMES[file] ?? otherEndpoint(file));
  });

  it('exclude the candle that was still forming when they were fetched', () => {
    const body = responseOf(load(folder, 'ohlc-bitcoin-7d-usd-200')).body;
    const { bars, ignored } = transformed(parseCandles(body, request), '4h', at('2021-05-15T15:34:27Z'));
    expect(ignored).toEqual({ not_final: 1 });
    expect(bars.time.at(-1)).toBe(at('2021-05-15T08:00:00Z'));
    expect(bars.close.at(-1)).toBe(48574.71);
  });
});
