import { type Coin, COINS, type Instrument, type Stock, STOCKS } from './instruments.js';
import { unlistedCoin, unlistedStock } from './unlisted.js';

/** A stock by Yahoo's ticker in capitals, listed or not; undefined if no stock has such a ticker. */
export const findStock = (ticker: string): Stock | undefined => STOCKS.get(ticker) ?? unlistedStock(ticker);

/** A coin by CoinGecko's id, listed or not; undefined if no coin has such an id. */
export const findCoin = (id: string): Coin | undefined => COINS.get(id) ?? unlistedCoin(id);

/** A stock by its ticker or a coin by its id or ticker. Of unlisted ones, stocks are in capitals, coins are not. */
export function findInstrument(name: string): Instrument | undefined {
  const listed =
    STOCKS.get(name.toUpperCase()) ?? [...COINS.values()].find((each) => each.ticker === name.toLowerCase());
  return listed ?? findStock(name) ?? findCoin(name);
}
