import { type Session } from './calendar.js';
import { dividendsBetween } from './dividends.js';
import { type Bar, type Exchange } from './exchange.js';
import { extendedRows } from './extended-hours.js';
import { findStock } from './find-instrument.js';
import { type Stock } from './instruments.js';
import { type SandboxResponse } from './response.js';
import { Noise } from './rng.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

/** The free plan has the bars of all exchanges (`sip`) this much later; those of one exchange (`iex`) at once. */
const SIP_DELAY = 15 * MINUTE;
/** Trading begins at 09:30 in New York; a daily bar is stamped with the midnight before. */
const OPENS = 9.5 * HOUR;
/** IEX trades a few percent of all shares. */
const IEX_SHARE = 0.025;
const [DEFAULT_LIMIT, MAX_LIMIT] = [1_000, 10_000];

const refuse = (status: number, message: string): SandboxResponse => ({ status, body: { message } });
const isoSeconds = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const places = (price: number) => Math.round(price * 1e4) / 1e4;

/** A stock of the US by Alpaca's symbol, which has a dot where Yahoo's has a dash. */
function usStock(symbol: string): Stock | undefined {
  const stock = findStock(symbol.replace('.', '-'));
  return stock?.market === 'XNYS' && ['EQUITY', 'ETF'].includes(stock.instrumentType) ? stock : undefined;
}

interface Query {
  symbols: string[];
  start: number;
  end: number;
  daily: boolean;
  iex: boolean;
  limit: number;
  /** Symbol and time after which a page begins. */
  after: [string, number] | null;
}

function readQuery(query: URLSearchParams, now: number): Query | SandboxResponse {
  const symbols = (query.get('symbols') ?? '').split(',').filter(Boolean).sort();
  if (symbols.length === 0) return refuse(400, 'symbols is required');
  const wrong = symbols.find((symbol) => !/^[A-Z0-9.]+$/.test(symbol));
  if (wrong) return refuse(400, `invalid symbol: ${wrong}`);
  const timeframe = query.get('timeframe');
  if (timeframe !== '1Min' && timeframe !== '1Day') return refuse(400, `invalid timeframe: ${timeframe}`);
  const iex = query.get('feed') === 'iex';
  const newest = iex ? now : now - SIP_DELAY;
  const [start, end] = [
    Date.parse(query.get('start') ?? dateOf(now)),
    Date.parse(query.get('end') ?? isoSeconds(newest)),
  ];
  if (Number.isNaN(start) || Number.isNaN(end)) return refuse(400, 'invalid start or end');
  if (end < start) return refuse(400, 'end should not be before start');
  if (end > newest) return refuse(403, 'subscription does not permit querying recent SIP data');
  const limit = Math.min(MAX_LIMIT, Math.max(1, Number(query.get('limit')) || DEFAULT_LIMIT));
  const token = Buffer.from(query.get('page_token') ?? '', 'base64')
    .toString()
    .split('|');
  const after: Query['after'] = token.length === 2 ? [token[0]!, Number(token[1])] : null;
  return { symbols, start, end, daily: timeframe === '1Day', iex, limit, after };
}

/** A bar as this provider counts it: a cent off in some minutes, a few percent off in volume; null without a trade. */
function counted(exchange: Exchange, stock: Stock, bar: Bar, iex: boolean, end = bar.time + MINUTE) {
  const noise = new Noise(exchange.seed, stock.symbol, iex ? 'iex' : 'sip');
  const minute = bar.time / MINUTE;
  const volume = Math.round(bar.volume * (0.97 + 0.06 * noise.unit(minute, 1)) * (iex ? IEX_SHARE : 1));
  if (volume < 1) return null;
  const close = places(bar.close + (noise.unit(minute, 2) < 0.1 ? 0.01 : 0));
  const [high, low] = [Math.max(places(bar.high), close), Math.min(places(bar.low), close)];
  const row = { o: places(bar.open), h: high, l: low, c: close, v: volume, n: Math.ceil(volume / 100) };
  return { time: bar.time, end, row: { ...row, vw: places((high + low + close) / 3) } };
}

/** The rows of a stock, oldest first: unadjusted, minutes of pre- and post-market too. */
function rowsOf(exchange: Exchange, stock: Stock, { start, end, daily, iex }: Query, now: number) {
  const raw = ({ open }: Session) => exchange.interventions.levelAt(stock, open);
  const sessions = exchange.sessionsOf(stock, start - DAY, end + DAY);
  const found = daily
    ? sessions.flatMap((session) => {
        const bar = exchange.sessionBar(stock, session, now, raw);
        return bar ? [counted(exchange, stock, { ...bar, time: session.open - OPENS }, iex, session.close)] : [];
      })
    : [
        ...exchange.minuteBars(stock, start, end + 1, now, raw).filter(({ traded }) => traded),
        // they have no volume of their own
        ...sessions.flatMap((session) => extendedRows(exchange, stock, session, start, end + 1)),
      ].map((bar) => counted(exchange, stock, { ...bar, volume: Math.max(bar.volume, 100) }, iex));
  return found
    .flatMap((one) => one ?? [])
    .filter(({ time, end: over }) => time >= start && time <= end && over + SECOND <= now)
    .filter(({ time }) => !exchange.interventions.isSilent(stock.symbol, time))
    .sort((a, b) => a.time - b.time);
}

function bars(exchange: Exchange, query: Query, now: number): SandboxResponse {
  const found: Record<string, unknown[]> = {};
  let left = query.limit;
  for (const symbol of query.symbols) {
    const [last, after] = query.after ?? ['', 0];
    const stock = symbol < last ? undefined : usStock(symbol);
    if (!stock || exchange.interventions.delisted.has(stock.symbol)) continue;
    const rows = rowsOf(exchange, stock, query, now).filter(({ time }) => symbol !== last || time > after);
    const sent = rows.slice(0, left);
    left -= sent.length;
    if (sent.length > 0) found[symbol] = sent.map(({ time, row }) => ({ t: isoSeconds(time), ...row }));
    if (left > 0) continue;
    const token = Buffer.from(`${symbol}|${sent.at(-1)!.time}`).toString('base64');
    return { status: 200, body: { bars: found, next_page_token: token } };
  }
  return { status: 200, body: { bars: found, next_page_token: null } };
}

/** Splits and dividends with ex-dates from `start` to `end`, both included. */
function corporateActions(exchange: Exchange, query: URLSearchParams, now: number): SandboxResponse {
  const [start, end] = [Date.parse(query.get('start') ?? ''), Date.parse(query.get('end') ?? '') + DAY];
  if (Number.isNaN(start) || Number.isNaN(end)) return refuse(400, 'invalid start or end');
  const symbols = (query.get('symbols') ?? '').split(',').filter(Boolean);
  const splits: object[] = [];
  const dividends: object[] = [];
  for (const symbol of symbols) {
    const stock = usStock(symbol);
    if (!stock) continue;
    for (const { at, numerator, denominator } of exchange.interventions.splitsReported(stock, start, end))
      splits.push({ symbol, ex_date: dateOf(at), new_rate: numerator, old_rate: denominator });
    for (const { exTime, amount } of dividendsBetween(exchange, stock, start, Math.min(end, now))) {
      const since = exchange.interventions.level(stock) / exchange.interventions.levelAt(stock, exTime);
      dividends.push({ symbol, ex_date: dateOf(exTime), rate: amount * since, special: false, foreign: false });
    }
  }
  const corporate_actions = {
    ...(splits.length > 0 ? { forward_splits: splits } : {}),
    ...(dividends.length > 0 ? { cash_dividends: dividends } : {}),
  };
  return { status: 200, body: { corporate_actions, next_page_token: null } };
}

/**
 * `GET /v2/stocks/bars` and `GET /v1/corporate-actions`, with any key.
 * @param now market clock, epoch ms
 */
export function alpaca(exchange: Exchange, path: string, query: URLSearchParams, now: number): SandboxResponse {
  if (path === '/v1/corporate-actions') return corporateActions(exchange, query, now);
  if (path !== '/v2/stocks/bars') return refuse(404, 'Not Found');
  const read = readQuery(query, now);
  return 'status' in read ? read : bars(exchange, read, now);
}
