import { type SandboxResponse } from './response.js';
import { findStock } from './find-instrument.js';
import { COINS, type InstrumentType, type Stock, STOCKS } from './instruments.js';
import { KNOWN_NAMES } from './known-names.js';

/** Yahoo gives no more results, whatever is asked for. */
const MOST_STOCKS = 7;

/** Unlisted coins that the search finds, as `id ticker name`: if it found every id, each name of a stock would be a coin, too. */
const UNLISTED_COINS = [
  ...['cardano ADA Cardano', 'chainlink LINK Chainlink', 'stellar XLM Stellar', 'litecoin LTC Litecoin'],
  ...['polkadot DOT Polkadot', 'avalanche-2 AVAX Avalanche', 'monero XMR Monero', 'uniswap UNI Uniswap'],
].map((line) => line.split(' ') as [id: string, ticker: string, name: string]);

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const has = (text: string, ...names: string[]) => names.some((name) => plain(name).includes(plain(text)));

/**
 * `GET /v1/finance/search`: by symbol and name, listed instruments first, then those with a known name; any other by its symbol,
 * if nothing else is found. Accents do not matter.
 */
export function yahooSearch(query: URLSearchParams): SandboxResponse {
  const text = (query.get('q') ?? '').trim().toLowerCase();
  if (text === '') {
    const error = { code: 'Bad Request', description: 'Missing value for the "q" argument' };
    return { status: 400, body: { finance: { result: null, error } } };
  }
  const named = [...STOCKS.values(), ...[...KNOWN_NAMES.keys()].flatMap((symbol) => findStock(symbol) ?? [])];
  const matching = named.filter(({ symbol, name }) => has(text, symbol, name));
  const exact = findStock(text.toUpperCase());
  const isNamed = exact !== undefined && named.some(({ symbol }) => symbol === exact.symbol);
  // what only looks like a symbol is the name of something, if it has that
  const first = exact && (isNamed || matching.length === 0) ? [exact] : [];
  const found = [...first, ...matching.filter(({ symbol }) => symbol !== first[0]?.symbol)].slice(0, MOST_STOCKS);
  return { status: 200, body: { explains: [], count: found.length, quotes: found.map(quoteOf), news: [] } };
}

const TYPE_NAMES: Readonly<Record<InstrumentType, string>> = { EQUITY: 'Equity', ETF: 'ETF', INDEX: 'Index', MUTUALFUND: 'Fund', CURRENCY: 'Currency', CRYPTOCURRENCY: 'Cryptocurrency' }; // prettier-ignore

const quoteOf = ({ symbol, name, exchangeName, fullExchangeName, instrumentType }: Stock) => ({
  exchange: exchangeName,
  shortname: name.slice(0, 31),
  quoteType: instrumentType,
  symbol,
  index: 'quotes',
  score: 20_000,
  typeDisp: TYPE_NAMES[instrumentType],
  longname: name,
  exchDisp: fullExchangeName,
  isYahooFinance: true,
});

/** `GET /api/v3/search`: coins by id, ticker and name, by market value. */
export function coinSearch(query: URLSearchParams): SandboxResponse {
  const text = (query.get('query') ?? '').trim().toLowerCase();
  const listed = [...COINS.values()].map(({ symbol, ticker, name }) => [symbol, ticker.toUpperCase(), name] as const);
  const coins = [...listed, ...UNLISTED_COINS]
    .map(([id, symbol, name], i) => ({ id, name, api_symbol: id, symbol, market_cap_rank: i + 1 }))
    .filter(({ id, symbol, name }) => text !== '' && has(text, id, symbol, name));
  return { status: 200, body: { coins, exchanges: [], icos: [], categories: [], nfts: [] } };
}
