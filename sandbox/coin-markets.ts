import { livePrice } from './coin-quotes.js';
import { type Exchange, aggregateBars } from './exchange.js';
import { findCoin } from './find-instrument.js';
import { type Coin, COINS } from './instruments.js';
import { Noise } from './rng.js';
import { DAY, MINUTE, SECOND } from './time.js';

/** How often quotes are refreshed, each coin at its own second. */
const REFRESH = 45 * SECOND;
const PER_PAGE_LIMIT = 250;

/** The provider rounds large prices to whole numbers. */
const rounded = (price: number) => (price >= 10_000 ? Math.round(price) : price);
const percent = (now: number, before: number) => Math.round((now / before - 1) * 1e7) / 1e5;

interface Extremes {
  day: number;
  high: { price: number; time: number };
  low: { price: number; time: number };
}

const known = new WeakMap<Exchange, Map<string, Extremes>>();

/** Highest and lowest price of all finished days; cached until the next midnight, because it reads the whole history. */
function extremes(exchange: Exchange, coin: Coin, at: number): Extremes {
  const day = Math.floor(at / DAY);
  const cached = known.get(exchange) ?? new Map<string, Extremes>();
  known.set(exchange, cached);
  const last = cached.get(coin.symbol);
  if (last?.day === day) return last;
  const found: Extremes = { day, high: { price: -Infinity, time: 0 }, low: { price: Infinity, time: 0 } };
  for (const session of exchange.sessionsOf(coin, 0, day * DAY)) {
    const bar = exchange.sessionBar(coin, session, session.close)!;
    if (bar.high > found.high.price) found.high = { price: bar.high, time: session.open };
    if (bar.low < found.low.price) found.low = { price: bar.low, time: session.open };
  }
  cached.set(coin.symbol, found);
  return found;
}

function quote(exchange: Exchange, coin: Coin, rank: number, at: number) {
  const price = livePrice(exchange, coin, at);
  const dayStart = Math.ceil((at - DAY) / MINUTE) * MINUTE;
  const day = aggregateBars(exchange.minuteBars(coin, dayStart, at, at))!;
  const { high, low } = extremes(exchange, coin, at);
  const cap = Math.round(price * coin.circulatingSupply);
  const capBefore = day.open * coin.circulatingSupply;
  return {
    id: coin.symbol,
    symbol: coin.ticker,
    name: coin.name,
    current_price: rounded(price),
    market_cap: cap,
    market_cap_rank: rank,
    fully_diluted_valuation: coin.maxSupply === null ? null : Math.round(price * coin.maxSupply),
    total_volume: day.volume,
    high_24h: rounded(day.high),
    low_24h: rounded(day.low),
    price_change_24h: price - day.open,
    price_change_percentage_24h: percent(price, day.open),
    market_cap_change_24h: cap - capBefore,
    market_cap_change_percentage_24h: percent(cap, capBefore),
    circulating_supply: coin.circulatingSupply,
    total_supply: coin.maxSupply,
    max_supply: coin.maxSupply,
    ath: Math.max(high.price, day.high),
    ath_change_percentage: percent(price, Math.max(high.price, day.high)),
    ath_date: new Date(high.time).toISOString(),
    atl: Math.min(low.price, day.low),
    atl_change_percentage: percent(price, Math.min(low.price, day.low)),
    atl_date: new Date(low.time).toISOString(),
    roi: null,
    last_updated: new Date(at).toISOString(),
  };
}

/** `/coins/markets`: largest market value first, regardless of the order of `ids`; unknown ids are omitted,
 * and unlisted coins are last. */
export function coinMarkets(exchange: Exchange, query: URLSearchParams, now: number) {
  const wanted = query.get('ids')?.split(',').map((id) => id.trim()); // prettier-ignore
  const unlisted = (wanted ?? []).flatMap((id) => (COINS.has(id) ? [] : (findCoin(id) ?? [])));
  const traded = [...COINS.values(), ...unlisted].filter((coin) => exchange.firstSession(coin).open + DAY < now);
  const quotes = traded
    .map((coin, i) => ({ coin, rank: i + 1 }))
    .filter(({ coin }) => !wanted || wanted.includes(coin.symbol));
  const count = Math.min(PER_PAGE_LIMIT, Math.max(1, Number(query.get('per_page')) || 100));
  const skip = (Math.max(1, Number(query.get('page')) || 1) - 1) * count;
  return quotes.slice(skip, skip + count).map(({ coin, rank }) => {
    const phase = new Noise(exchange.seed, coin.symbol).unit(0) * REFRESH;
    return quote(exchange, coin, rank, Math.floor((now - phase) / REFRESH) * REFRESH + Math.floor(phase));
  });
}
