import { type Coin, type Stock } from './instruments.js';
import { Noise } from './rng.js';

/**
 * Instruments that are on no list: whatever looks like a symbol of the provider is traded, so that adding an asset can be
 * tried offline. All of an instrument follows from its symbol.
 */

/** By the ending of Yahoo's ticker. Exchanges that the sandbox does not simulate have no instruments. */
const PLACES = {
  '': { market: 'XNYS', currency: 'USD', exchangeName: 'NMS', fullExchangeName: 'NasdaqGS' },
  '.DE': { market: 'XETR', currency: 'EUR', exchangeName: 'GER', fullExchangeName: 'XETRA' },
  '.PA': { market: 'XPAR', currency: 'EUR', exchangeName: 'PAR', fullExchangeName: 'Paris' },
  // in pence
  '.L': { market: 'XLON', currency: 'GBp', exchangeName: 'LSE', fullExchangeName: 'LSE' },
} as const;
const INDEX_PLACE = { ...PLACES[''], exchangeName: 'SNP', fullExchangeName: 'SNP' } as const;

/** Up to five letters or digits, and a class of shares, such as `BRK-B`. An index of New York has a caret in front. */
const TICKER = /^(?=.*[A-Z])(?:\^[A-Z0-9]{2,5}|[A-Z0-9]{1,5}(?:-[A-Z])?(\.DE|\.PA|\.L)?)$/;
const COIN_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Lanes of the noise of an instrument. */
const LANE = { anchor: 0, growth: 1, volatility: 2, volume: 3, year: 4, rate: 5 };
const DIVIDEND_MONTHS = [3, 6, 9, 12];

/** Uniform over [low, high) on a logarithmic scale. */
const spread = (noise: Noise, lane: number, low: number, high: number): number =>
  low * (high / low) ** noise.unit(0, lane);
const twoDecimals = (value: number) => Math.round(value * 100) / 100;

/** Undefined if no stock has such a ticker. */
export function unlistedStock(ticker: string): Stock | undefined {
  const [matched, ending = ''] = TICKER.exec(ticker) ?? [];
  if (matched === undefined) return undefined;
  const isIndex = ticker.startsWith('^');
  const noise = new Noise(ticker, 'unlisted');
  const rate = noise.unit(0, LANE.rate);
  return {
    kind: 'stock',
    symbol: ticker,
    name: `${ticker} (simulated)`,
    ...(isIndex ? INDEX_PLACE : PLACES[ending as keyof typeof PLACES]),
    instrumentType: isIndex ? 'INDEX' : 'EQUITY',
    anchor: twoDecimals(spread(noise, LANE.anchor, 10, 500)),
    growth: 0.04 + 0.12 * noise.unit(0, LANE.growth),
    volatility: spread(noise, LANE.volatility, 0.008, 0.03),
    volume: Math.round(spread(noise, LANE.volume, 5e5, 5e7)),
    ticksPerUnit: 100,
    silentShare: 0,
    firstDate: `${1996 + Math.floor(20 * noise.unit(0, LANE.year))}-01-03`,
    // half of the stocks pay none
    dividends:
      isIndex || rate < 0.5 ? null : { months: DIVIDEND_MONTHS, dayOfMonth: 15, rate: 0.008 * (rate - 0.5) + 0.001 },
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
