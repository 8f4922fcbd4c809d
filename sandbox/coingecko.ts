import { type SandboxResponse, type Interval } from './response.js';
import { coinMarkets } from './coin-markets.js';
import { livePrice, rollingVolume } from './coin-quotes.js';
import { type Exchange } from './exchange.js';
import { findCoin } from './find-instrument.js';
import { type Coin } from './instruments.js';
import { Noise } from './rng.js';
import { DAY, HOUR, MINUTE } from './time.js';

const OHLC_DAYS = [1, 7, 14, 30, 90, 180, 365];
const REACH_DAYS = 365;
const CACHING = { 'cache-control': 'public, max-age=30' };

/** The provider's error shapes: flat; with a status object; the same nested one deeper; with a status number. */
const flatError = (status: number, error: string): SandboxResponse => ({ status, body: { error } });
const statusError = (status: number, error_code: number, error_message: string): SandboxResponse => ({
  status,
  body: { status: { error_code, error_message } },
});
const beyondReach = (now: number): SandboxResponse => ({
  status: 401,
  body: {
    error: {
      status: {
        timestamp: new Date(now).toISOString(),
        error_code: 10012,
        error_message:
          'Your request exceeds the allowed time range. Public API users are limited to querying historical data within the past 365 days.',
      },
    },
  },
});
const proOnly = () => statusError(401, 10005, 'This request is limited Pro API subscribers');

/** The candle size for a number of days: its name and length in ms. */
function candleOf(days: number): { interval: Interval; size: number } {
  if (days <= 2) return { interval: '30m', size: 30 * MINUTE };
  return days <= 30 ? { interval: '4h', size: 4 * HOUR } : { interval: '4d', size: 4 * DAY };
}

/**
 * `/coins/{id}/ohlc`: candles on the epoch grid, stamped at their CLOSE; the last one is still forming and stamped in
 * the future. `[ms, open, high, low, close]`, no volume.
 */
function ohlc(exchange: Exchange, coin: Coin, query: URLSearchParams, now: number): SandboxResponse {
  if (!query.get('vs_currency') && !query.get('days')) {
    return { status: 500, body: { status: 500, error: 'Internal Server Error' } };
  }
  if (query.has('interval')) return proOnly();
  const days = query.get('days') === 'max' ? Infinity : Number(query.get('days'));
  if (days > REACH_DAYS) return beyondReach(now);
  if (!OHLC_DAYS.includes(days)) return flatError(422, 'Invalid days parameter');
  const { interval, size } = candleOf(days);
  const candles: number[][] = [];
  const times: number[] = [];
  for (let open = Math.ceil((now - days * DAY) / size) * size; open < now; open += size) {
    const bar = exchange.windowBar(coin, open, open + size, now);
    if (!bar) continue;
    candles.push([open + size, bar.open, bar.high, bar.low, bar.close]);
    if (open + size <= now) times.push(open);
  }
  return { status: 200, headers: CACHING, body: candles, served: { symbol: coin.symbol, interval, times } };
}

/**
 * `/coins/{id}/market_chart`: samples of price, market value and rolling 24 h volume. Five-minute and hourly samples are
 * off the grid, daily ones are exactly at 00:00Z, and the last one is always the current price.
 */
function marketChart(exchange: Exchange, coin: Coin, query: URLSearchParams, now: number): SandboxResponse {
  const interval = query.get('interval') ?? '';
  if (!['', 'daily'].includes(interval)) return proOnly();
  const days = query.get('days') === 'max' ? Infinity : Number(query.get('days') || NaN);
  if (days > REACH_DAYS) return beyondReach(now);
  if (!(days > 0)) return flatError(422, 'Invalid days parameter');
  const daily = days > 90 || interval === 'daily';
  const step = daily ? DAY : days <= 1 ? 5 * MINUTE : HOUR;
  const times: number[] = [];
  const noise = new Noise(exchange.seed, coin.symbol, 'sample', step);
  const begin = Math.max(now - days * DAY, exchange.firstSession(coin).open + DAY);
  for (let gridTime = Math.ceil(begin / step) * step; gridTime <= now; gridTime += step) {
    const drift = daily ? 0 : Math.round((noise.unit(gridTime / step) - 0.5) * 0.4 * step);
    if (gridTime + drift >= begin && gridTime + drift < now) times.push(gridTime + drift);
  }
  times.push(now);
  const prices = times.map((time) => [time, livePrice(exchange, coin, time)] as const);
  return {
    status: 200,
    headers: CACHING,
    body: {
      prices,
      market_caps: prices.map(([time, price]) => [time, price * coin.circulatingSupply]),
      total_volumes: times.map((time) => [time, rollingVolume(exchange, coin, time)]),
    },
  };
}

const COIN_ROUTES = new Map([
  ['ohlc', ohlc],
  ['market_chart', marketChart],
]);

/**
 * CoinGecko API v3.
 * @param path below `/api/v3`, such as `/coins/bitcoin/ohlc`
 * @param now market clock, epoch ms
 */
export function coinGecko(exchange: Exchange, path: string, query: URLSearchParams, now: number): SandboxResponse {
  if (path === '/ping') return { status: 200, body: { gecko_says: '(V3) To the Moon!' } };
  const currency = query.get('vs_currency');
  const [, id = '', kind = '', more] = /^\/coins\/([^/]+)\/(ohlc|market_chart)(\/range)?$/.exec(path) ?? [];
  const route = COIN_ROUTES.get(kind);
  if (path !== '/coins/markets' && !route) {
    return flatError(404, 'Incorrect path. Please check https://www.coingecko.com/api/');
  }
  if (route && more) return proOnly();
  const coin = findCoin(id);
  if (route && (!coin || exchange.firstSession(coin).open >= now)) return flatError(404, 'coin not found');
  const allMissing = kind === 'ohlc' && !currency && !query.get('days'); // the provider reports it as an internal error
  if (!currency && !allMissing) return flatError(422, 'Missing parameter vs_currency');
  if (currency && currency.toLowerCase() !== 'usd') return flatError(400, 'invalid vs_currency');
  if (route && coin) return route(exchange, coin, query, now);
  return { status: 200, headers: CACHING, body: coinMarkets(exchange, query, now) };
}
