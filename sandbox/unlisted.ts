import { MARKETS } from './calendar.js';
import { currencyPair } from './currency-pairs.js';
import { type Coin, COINS, type InstrumentType, type Stock } from './instruments.js';
import { KNOWN_NAMES } from './known-names.js';
import { type Place, placeOfIndex, PLACES } from './places.js';
import { Noise } from './rng.js';

/**
 * Instruments that are on no list: whatever looks like a symbol of the provider is traded, so that adding an asset can be
 * tried offline. All of an instrument follows from its symbol.
 */

/** Up to five letters or digits in New York, more elsewhere, with a class of shares, such as `BRK-B`. */
const NEW_YORK_TICKER = /^(?=.*[A-Z])[A-Z0-9]{1,5}(?:-[A-Z]{1,2})?$/;
const TICKER = /^(?<name>[A-Z0-9&]{1,12}(?:-[A-Z0-9]{1,4})?)(?<ending>\.[A-Z]{1,3})$/;
const INDEX = /^\^[A-Z0-9]{2,9}(?:\.[A-Z]{1,3})?$/;
/** Five letters that end in X are a fund of the US; `0P…` is one of Morningstar's. */
const FUND = /^(?:[A-Z]{4}X|0P[0-9A-Z]{8}(?:\.[A-Z]{1,3})?)$/;
const YAHOO_COIN = /^(?<ticker>[A-Z0-9]{1,10})-(?<currency>[A-Z]{3})$/;
const COIN_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Lanes of the noise of an instrument. */
const LANE = { anchor: 0, growth: 1, volatility: 2, volume: 3, year: 4, rate: 5 };
const DIVIDEND_MONTHS = [3, 6, 9, 12];

/** Uniform over [low, high) on a logarithmic scale. */
const spread = (noise: Noise, lane: number, low: number, high: number): number =>
  low * (high / low) ** noise.unit(0, lane);
const twoDecimals = (value: number) => Math.round(value * 100) / 100;
const nameOf = (symbol: string) => KNOWN_NAMES.get(symbol) ?? `${symbol} (simulated)`;

/** Undefined if Yahoo could not have such a ticker. */
export function unlistedStock(ticker: string): Stock | undefined {
  if (ticker.endsWith('=X')) return currencyPair(ticker);
  const coin = YAHOO_COIN.exec(ticker)?.groups;
  if (coin) return yahooCoin(ticker, coin as { ticker: string; currency: string });
  if (INDEX.test(ticker)) return share(ticker, placeOfIndex(ticker), 'INDEX');
  const ending =
    NEW_YORK_TICKER.test(ticker) || /^0P[0-9A-Z]{8}$/.test(ticker) ? '' : TICKER.exec(ticker)?.groups!.ending;
  const place = ending === undefined ? undefined : PLACES.get(ending);
  return place && share(ticker, place, FUND.test(ticker) ? 'MUTUALFUND' : 'EQUITY');
}

function share(ticker: string, place: Place, instrumentType: InstrumentType): Stock {
  const noise = new Noise(ticker, 'unlisted');
  const rate = noise.unit(0, LANE.rate);
  const [lowest, highest] = instrumentType === 'INDEX' ? [1_000, 20_000] : [10, 500];
  return {
    kind: 'stock',
    symbol: ticker,
    name: nameOf(ticker),
    ...place,
    ...(instrumentType === 'MUTUALFUND' &&
      place.exchangeName === 'NMS' && { exchangeName: 'NAS', fullExchangeName: 'Nasdaq' }),
    instrumentType,
    anchor: twoDecimals(spread(noise, LANE.anchor, lowest, highest)),
    growth: 0.04 + 0.12 * noise.unit(0, LANE.growth),
    volatility: spread(noise, LANE.volatility, 0.008, 0.03),
    volume: Math.round(spread(noise, LANE.volume, 5e5, 5e7)),
    ticksPerUnit: 100,
    silentShare: 0,
    firstDate: firstDateOf(place.market, noise),
    // half of the stocks pay none
    dividends:
      instrumentType !== 'EQUITY' || rate < 0.5
        ? null
        : { months: DIVIDEND_MONTHS, dayOfMonth: 15, rate: 0.008 * (rate - 0.5) + 0.001 },
  };
}

function firstDateOf(market: Stock['market'], noise: Noise): string {
  const { begins } = MARKETS[market];
  const first = `${1996 + Math.floor(20 * noise.unit(0, LANE.year))}-01-03`;
  return first > begins ? first : begins;
}

/** Such as `BTC-USD`: a listed coin has the prices in dollars that it has at CoinGecko. */
function yahooCoin(symbol: string, { ticker, currency }: { ticker: string; currency: string }): Stock {
  const listed = [...COINS.values()].find((coin) => coin.ticker === ticker.toLowerCase() && currency === 'USD');
  const coin = listed ?? unlistedCoin(symbol.toLowerCase())!;
  const { anchor, growth, volatility, volume, ticksPerUnit, silentShare, firstDate, market } = coin;
  return {
    ...{ kind: 'stock', symbol, name: `${listed?.name ?? ticker} ${currency}`, instrumentType: 'CRYPTOCURRENCY' },
    ...{ market, currency, exchangeName: 'CCC', fullExchangeName: 'CCC', dividends: null },
    ...{ anchor, growth, volatility, volume, ticksPerUnit, silentShare, firstDate, pricedAs: coin.symbol },
  };
}

/** Undefined if no coin has such an id. */
export function unlistedCoin(id: string): Coin | undefined {
  if (!COIN_ID.test(id)) return undefined;
  const noise = new Noise(id, 'unlisted');
  return {
    kind: 'coin',
    symbol: id,
    ticker: id.slice(0, 5),
    name: `${id} (simulated)`,
    market: 'ALWAYS',
    anchor: spread(noise, LANE.anchor, 0.5, 200),
    growth: 0.1 + 0.3 * noise.unit(0, LANE.growth),
    volatility: spread(noise, LANE.volatility, 0.025, 0.045),
    volume: Math.round(spread(noise, LANE.volume, 1e7, 1e9)),
    ticksPerUnit: 1e5,
    silentShare: 0,
    firstDate: `${2015 + Math.floor(6 * noise.unit(0, LANE.year))}-01-03`,
    circulatingSupply: 1e8,
    maxSupply: null,
  };
}
