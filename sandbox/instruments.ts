import { type MarketId } from './calendar.js';

/** Input of the price model. */
interface Behaviour {
  /** Price at the start of 2026, in quote currency. */
  anchor: number;
  /** Growth per year, as a natural logarithm: 0.07 doubles the price in ten years. */
  growth: number;
  /** Standard deviation of the logarithmic return of a day. */
  volatility: number;
  /** Typical volume of a full session, in shares; for coins in quote currency. */
  volume: number;
  /** Prices are whole multiples of 1 / ticksPerUnit. */
  ticksPerUnit: number;
  /** Share of minutes without a trade. */
  silentShare: number;
  /** First trading date, YYYY-MM-DD. */
  firstDate: string;
  /** The symbol of an instrument whose prices it follows; left out: its own. */
  pricedAs?: string;
}

interface DividendRule {
  /** Months of payment (1…12); the ex-date is the first session on or after `dayOfMonth`. */
  months: number[];
  dayOfMonth: number;
  /** Each payment as a fraction of the close before it. */
  rate: number;
}

/** What Yahoo calls the kinds of its instruments. */
export type InstrumentType = 'EQUITY' | 'ETF' | 'INDEX' | 'MUTUALFUND' | 'CURRENCY' | 'CRYPTOCURRENCY';

/** Anything that Yahoo has: a coin of Yahoo's is one, too. */
export interface Stock extends Behaviour {
  kind: 'stock';
  symbol: string;
  name: string;
  market: MarketId;
  currency: string;
  exchangeName: string;
  fullExchangeName: string;
  instrumentType: InstrumentType;
  dividends: DividendRule | null;
}

/** A coin of CoinGecko's. */
export interface Coin extends Behaviour {
  kind: 'coin';
  /** CoinGecko's id. */
  symbol: string;
  ticker: string;
  name: string;
  market: 'ALWAYS';
  circulatingSupply: number;
  maxSupply: number | null;
}

export type Instrument = Stock | Coin;

const quarterly = (rate: number): DividendRule => ({ months: [3, 6, 9, 12], dayOfMonth: 20, rate });
const yearly = (month: number, rate: number): DividendRule => ({ months: [month], dayOfMonth: 10, rate });

const NASDAQ = { market: 'XNYS', currency: 'USD', exchangeName: 'NMS', fullExchangeName: 'NasdaqGS', instrumentType: 'EQUITY' } as const; // prettier-ignore
const ARCA = { market: 'XNYS', currency: 'USD', exchangeName: 'PCX', fullExchangeName: 'NYSEArca', instrumentType: 'ETF' } as const; // prettier-ignore
const XETRA = { market: 'XETR', currency: 'EUR', exchangeName: 'GER', fullExchangeName: 'XETRA', instrumentType: 'EQUITY' } as const; // prettier-ignore
const PARIS = { market: 'XPAR', currency: 'EUR', exchangeName: 'PAR', fullExchangeName: 'Paris', instrumentType: 'EQUITY' } as const; // prettier-ignore

type StockFacts = Omit<Stock, 'kind' | 'ticksPerUnit' | 'silentShare' | 'dividends'> &
  Partial<Pick<Stock, 'silentShare' | 'dividends'>>;
const stock = (facts: StockFacts): Stock => ({
  kind: 'stock',
  ticksPerUnit: 100,
  silentShare: 0,
  dividends: null,
  ...facts,
});
const coin = (facts: Omit<Coin, 'kind' | 'market' | 'silentShare'>): Coin => ({
  kind: 'coin',
  market: 'ALWAYS',
  silentShare: 0,
  ...facts,
});

const ALL_STOCKS = [
  stock({ symbol: 'SPY', name: 'SPDR S&P 500 ETF Trust', ...ARCA, anchor: 680, growth: 0.08, volatility: 0.01, volume: 7e7, firstDate: '1993-01-29', dividends: quarterly(0.003) }), // prettier-ignore
  stock({ symbol: 'NVDA', name: 'NVIDIA Corporation', ...NASDAQ, anchor: 186, growth: 0.15, volatility: 0.025, volume: 1.8e8, firstDate: '1999-01-22' }), // prettier-ignore
  stock({ symbol: 'MSFT', name: 'Microsoft Corporation', ...NASDAQ, anchor: 483, growth: 0.12, volatility: 0.015, volume: 2.2e7, firstDate: '1996-01-02', dividends: quarterly(0.002) }), // prettier-ignore
  stock({ symbol: 'GOOGL', name: 'Alphabet Inc.', ...NASDAQ, anchor: 313, growth: 0.14, volatility: 0.017, volume: 3.2e7, firstDate: '2004-08-19' }), // prettier-ignore
  stock({ symbol: 'AAPL', name: 'Apple Inc.', ...NASDAQ, anchor: 271, growth: 0.14, volatility: 0.016, volume: 4.8e7, firstDate: '1996-01-02', dividends: quarterly(0.001) }), // prettier-ignore
  stock({ symbol: 'PLTR', name: 'Palantir Technologies Inc.', ...NASDAQ, anchor: 178, growth: 0.4, volatility: 0.032, volume: 5e7, firstDate: '2020-09-30' }), // prettier-ignore
  stock({ symbol: 'URTH', name: 'iShares MSCI World ETF', ...ARCA, anchor: 186, growth: 0.08, volatility: 0.009, volume: 4e5, firstDate: '2012-01-12', dividends: quarterly(0.004) }), // prettier-ignore
  stock({ symbol: 'SIE.DE', name: 'Siemens Aktiengesellschaft', ...XETRA, anchor: 240, growth: 0.06, volatility: 0.015, volume: 1.1e6, silentShare: 0.01, firstDate: '1999-01-04', dividends: yearly(2, 0.022) }), // prettier-ignore
  stock({ symbol: 'MC.PA', name: 'LVMH Moët Hennessy - Louis Vuitton', ...PARIS, anchor: 640, growth: 0.07, volatility: 0.017, volume: 4e5, firstDate: '2000-01-03', dividends: yearly(4, 0.018) }), // prettier-ignore
];

const ALL_COINS = [
  coin({ symbol: 'bitcoin', ticker: 'btc', name: 'Bitcoin', anchor: 88_000, growth: 0.4, volatility: 0.024, volume: 4e10, ticksPerUnit: 100, firstDate: '2013-04-28', circulatingSupply: 19_970_000, maxSupply: 21_000_000 }), // prettier-ignore
  coin({ symbol: 'ethereum', ticker: 'eth', name: 'Ethereum', anchor: 2_970, growth: 0.4, volatility: 0.032, volume: 2e10, ticksPerUnit: 100, firstDate: '2015-08-07', circulatingSupply: 120_690_000, maxSupply: null }), // prettier-ignore
  coin({ symbol: 'ripple', ticker: 'xrp', name: 'XRP', anchor: 1.88, growth: 0.2, volatility: 0.034, volume: 4e9, ticksPerUnit: 1e5, firstDate: '2013-08-04', circulatingSupply: 60_570_000_000, maxSupply: 100_000_000_000 }), // prettier-ignore
  coin({ symbol: 'solana', ticker: 'sol', name: 'Solana', anchor: 125, growth: 0.3, volatility: 0.036, volume: 5e9, ticksPerUnit: 1e3, firstDate: '2020-04-10', circulatingSupply: 562_000_000, maxSupply: null }), // prettier-ignore
  coin({ symbol: 'dogecoin', ticker: 'doge', name: 'Dogecoin', anchor: 0.122, growth: 0.2, volatility: 0.038, volume: 1.5e9, ticksPerUnit: 1e6, firstDate: '2013-12-15', circulatingSupply: 152_000_000_000, maxSupply: null }), // prettier-ignore
];

/** Listed stocks by Yahoo's ticker. */
export const STOCKS: ReadonlyMap<string, Stock> = new Map(ALL_STOCKS.map((each) => [each.symbol, each]));
/** Listed coins by CoinGecko's id, largest market value first. */
export const COINS: ReadonlyMap<string, Coin> = new Map(ALL_COINS.map((each) => [each.symbol, each]));
