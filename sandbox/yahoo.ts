import { type SandboxResponse } from './response.js';
import { dividendsBetween } from './dividends.js';
import { type Exchange } from './exchange.js';
import { findStock } from './find-instrument.js';
import { type Stock } from './instruments.js';
import { marketState } from './market-state.js';
import { DAY, SECOND } from './time.js';
import { chartMeta } from './yahoo-meta.js';
import { type ChartRow, type ChartWindow, dailyRows, minuteRows } from './yahoo-rows.js';

const RANGES: Record<string, number> = { '1d': 1, '5d': 5, '1mo': 30, '3mo': 91, '6mo': 182, '1y': 365, '2y': 730, '5y': 1826, '10y': 3652, max: 20_000 }; // prettier-ignore
const CACHING = { 'cache-control': 'public, max-age=10, stale-while-revalidate=20' };
const INTERVALS = ['1m', '1d'] as const;
type ChartInterval = (typeof INTERVALS)[number];

/** Yahoo's limits on 1m: the width of a request and how far back it reaches. */
const [MINUTES_WIDTH, MINUTES_REACH] = [8 * DAY, 30 * DAY];

const failure = (status: number, code: string, description: string): SandboxResponse => ({
  status,
  body: { chart: { result: null, error: { code, description } } },
});
const badRequest = (description: string) => failure(400, 'Bad Request', description);

const isInterval = (text: string): text is ChartInterval => (INTERVALS as readonly string[]).includes(text);

/** Seconds in the query, ms inside. */
function windowOf(query: URLSearchParams, now: number): ChartWindow {
  const time = (name: string) => (query.has(name) ? Number(query.get(name)) * SECOND : null);
  const to = time('period2') ?? now + 1;
  return { from: time('period1') ?? to - (RANGES[query.get('range') ?? '1d'] ?? 1) * DAY, to };
}

/** The error of `GET /v8/finance/chart/{symbol}`, in Yahoo's words; null if the request is valid. */
function refusal(
  stock: Stock,
  exchange: Exchange,
  interval: ChartInterval,
  window: ChartWindow,
  now: number,
): SandboxResponse | null {
  const [start, end] = [window.from / SECOND, Math.floor(window.to / SECOND)];
  if (!Number.isFinite(start) || !Number.isFinite(end)) return badRequest('Invalid input - start or end date');
  if (start > end) {
    const dates = `startDate = ${start}, endDate = ${end}`;
    return badRequest(`Invalid input - start date cannot be after end date. ${dates}`);
  }
  if (interval === '1m') {
    const refuse = (why: string) =>
      failure(422, 'Unprocessable Entity', `1m data not available for startTime=${start} and endTime=${end}. ${why}`);
    if (window.to - window.from > MINUTES_WIDTH + SECOND) {
      return refuse('Only 8 days worth of 1m granularity data are allowed to be fetched per request.');
    }
    if (window.from < now - MINUTES_REACH) return refuse('The requested range must be within the last 30 days.');
  }
  if (window.to <= exchange.firstSession(stock).open) {
    return badRequest(`Data doesn't exist for startDate = ${start}, endDate = ${end}`);
  }
  return null;
}

/**
 * `GET /v8/finance/chart/{symbol}`: parameters period1 and period2 (Unix seconds) or range; interval 1m or 1d;
 * includePrePost, true unless "false"; events are always included.
 * @param now market clock, epoch ms
 * @param hide selects rows by time that lose their values: faults in the provider's data
 */
export function yahooChart(
  exchange: Exchange,
  symbol: string,
  query: URLSearchParams,
  now: number,
  hide: (time: number) => boolean = () => false,
): SandboxResponse {
  const ticker = symbol.toUpperCase();
  const { renamed } = exchange.interventions;
  const stock = [...renamed.values()].includes(ticker) ? undefined : findStock(renamed.get(ticker) ?? ticker);
  if (!stock || exchange.firstSession(stock).open >= marketState(stock, now).reached) {
    return failure(404, 'Not Found', 'No data found, symbol may be delisted');
  }
  const delisted = exchange.interventions.delisted.get(stock.symbol);
  if (delisted === 'not_found') return failure(404, 'Not Found', 'No data found, symbol may be delisted');
  if (delisted === 'empty') return { status: 200, headers: CACHING, body: emptyChart(stock) };
  const interval = query.get('interval') ?? '1d';
  if (!isInterval(interval)) {
    const valid = `Valid intervals: [${INTERVALS.join(', ')}]`;
    return badRequest(`Invalid input - interval=${interval.slice(0, 20)} is not supported. ${valid}`);
  }
  const window = windowOf(query, now);
  const refused = refusal(stock, exchange, interval, window, now);
  if (refused) return refused;
  const includePrePost = query.get('includePrePost')?.toLowerCase() !== 'false';
  const state = marketState(stock, now);
  const complete =
    interval === '1m'
      ? minuteRows(exchange, stock, window, state, includePrePost)
      : dailyRows(exchange, stock, window, state);
  const sent = complete.filter(({ time }) => !exchange.interventions.isSilent(stock.symbol, time));
  const rows = sent.map((row) => {
    const bar = hide(row.time) ? null : exchange.interventions.served(stock.symbol, row.time, row.bar);
    return bar === row.bar ? row : { ...row, bar, final: null };
  });
  const meta = chartMeta(exchange, stock, state, { window, interval, range: query.get('range') ?? '', includePrePost });
  const events = eventsIn(exchange, stock, window, state.reached);
  const adjusted = interval === '1d' ? { adjclose: [adjustedCloses(exchange, stock, rows, state.reached)] } : {};
  const result = {
    meta: { ...meta, symbol: ticker },
    ...(rows.length > 0 ? { timestamp: rows.map((row) => row.time / SECOND) } : {}),
    ...(events ? { events } : {}),
    indicators: { quote: [quoteColumns(rows)], ...adjusted },
  };
  return {
    status: 200,
    headers: CACHING,
    body: { chart: { result: [result], error: null } },
    served: { symbol: stock.symbol, interval, times: rows.flatMap((row) => row.final ?? []) },
  };
}

/** What Yahoo sends for some symbols that it no longer carries: exchange YHD, no currency, no price, no rows. */
const emptyChart = ({ symbol }: Stock) => ({
  chart: {
    result: [
      {
        meta: { currency: null, symbol, exchangeName: 'YHD', exchangeTimezoneName: 'America/New_York' },
        indicators: { quote: [{}], adjclose: [{}] },
      },
    ],
    error: null,
  },
});

/** Parallel arrays; no arrays for an empty window. */
function quoteColumns(rows: ChartRow[]) {
  if (rows.length === 0) return {};
  const column = (key: 'open' | 'high' | 'low' | 'close' | 'volume') => rows.map((row) => row.bar?.[key] ?? null);
  return { open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') }; // prettier-ignore
}

/** Dividends and splits of the window, as objects keyed by their time; a kind without events is absent. */
function eventsIn(exchange: Exchange, stock: Stock, window: ChartWindow, reached: number) {
  const paid = dividendsBetween(exchange, stock, window.from, Math.min(window.to, reached));
  const split = exchange.interventions.splitsReported(stock, window.from, window.to);
  if (paid.length + split.length === 0) return null;
  const dividends = paid.map(({ exTime, amount }) => [exTime / SECOND, { amount, date: exTime / SECOND }] as const);
  const splits = split.map(({ at, numerator, denominator }) => {
    const date = at / SECOND;
    return [date, { date, numerator, denominator, splitRatio: `${numerator}:${denominator}` }] as const;
  });
  return {
    ...(paid.length > 0 ? { dividends: Object.fromEntries(dividends) } : {}),
    ...(split.length > 0 ? { splits: Object.fromEntries(splits) } : {}),
  };
}

/** Closes, lowered by all dividends that came after them; newest factor first. */
function adjustedCloses(exchange: Exchange, stock: Stock, rows: ChartRow[], reached: number) {
  const [first] = rows;
  if (!first) return {};
  const dividends = dividendsBetween(exchange, stock, first.time, reached);
  const adjclose: (number | null)[] = new Array<number | null>(rows.length).fill(null);
  let factor = 1;
  for (let i = rows.length - 1, d = dividends.length - 1; i >= 0; i--) {
    for (; d >= 0 && dividends[d]!.exTime > rows[i]!.time; d--) factor *= dividends[d]!.factor;
    const close = rows[i]!.bar?.close;
    if (close !== undefined) adjclose[i] = Math.fround(close * factor);
  }
  return { adjclose };
}
