import { type Exchange } from './exchange.js';
import { findCoin } from './find-instrument.js';
import { COINS } from './instruments.js';
import { type SandboxResponse } from './response.js';
import { Noise } from './rng.js';
import { MINUTE, SECOND } from './time.js';

const MOST_CANDLES = 300;
/** Share of minutes in which nobody trades on this exchange. */
const QUIET_SHARE = 0.02;
/** This exchange has a part of a coin's volume everywhere. */
const VOLUME_SHARE = 0.05;

const refuse = (status: number, message: string): SandboxResponse => ({ status, body: { message } });

/** A coin by the product of its trade in US dollars, such as BTC-USD. */
function coinOf(product: string) {
  const [base = '', quote] = product.split('-');
  if (quote !== 'USD') return undefined;
  const ticker = base.toLowerCase();
  return [...COINS.values()].find((coin) => coin.ticker === ticker) ?? findCoin(ticker);
}

/**
 * `GET /products/{id}/candles` with granularity 60: `[time, low, high, open, close, volume]`, newest first, both ends
 * included, without minutes in which nobody traded; a tick or two beside the prices of everywhere.
 * @param now market clock, epoch ms
 */
export function coinbase(exchange: Exchange, path: string, query: URLSearchParams, now: number): SandboxResponse {
  const [, product = ''] = /^\/products\/([^/]+)\/candles$/.exec(path) ?? [];
  const coin = coinOf(product);
  if (!coin || exchange.interventions.delisted.has(coin.symbol)) return refuse(404, 'NotFound');
  if (query.get('granularity') !== '60') return refuse(400, 'Unsupported granularity');
  const [start, end] = [Date.parse(query.get('start') ?? ''), Date.parse(query.get('end') ?? '')];
  if (Number.isNaN(start) || Number.isNaN(end)) return refuse(400, 'Invalid start');
  if (start > end) return refuse(400, 'start must be before end');
  if ((end - start) / MINUTE > MOST_CANDLES)
    return refuse(
      400,
      'granularity too small for the requested time range. Count of aggregations requested exceeds 300',
    );
  const noise = new Noise(exchange.seed, coin.symbol, 'exchange');
  const rows = exchange
    .minuteBars(coin, start, end + 1, now)
    .flatMap(({ time, open, high, low, close, volume, traded }) => {
      const minute = time / MINUTE;
      if (!traded || noise.unit(minute) < QUIET_SHARE || exchange.interventions.isSilent(coin.symbol, time)) return [];
      const beside = (price: number) =>
        Math.round(price * (1 + 1e-4 * noise.unit(minute, 1)) * coin.ticksPerUnit) / coin.ticksPerUnit;
      const coins = Math.round((volume / close) * VOLUME_SHARE * 1e8) / 1e8;
      return [[time / SECOND, beside(low), beside(high), beside(open), beside(close), coins]];
    });
  return { status: 200, headers: { 'cache-control': 'public, max-age=5' }, body: rows.toReversed() };
}
