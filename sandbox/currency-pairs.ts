import { type Stock } from './instruments.js';
import { Noise } from './rng.js';

/** US dollars for one unit, at the start of 2026; others are worth 1 to 10 cents. */
const DOLLARS: Readonly<Record<string, number>> = {
  ...{ USD: 1, EUR: 1.17, GBP: 1.35, CHF: 1.26, JPY: 0.0064, AUD: 0.67, CAD: 0.73, NZD: 0.58, SEK: 0.108, NOK: 0.099 },
  ...{
    DKK: 0.157,
    CNY: 0.143,
    HKD: 0.128,
    SGD: 0.778,
    INR: 0.0111,
    KRW: 0.00069,
    BRL: 0.182,
    MXN: 0.0556,
    ZAR: 0.0604,
  },
  ...{ TRY: 0.0233, PLN: 0.278, CZK: 0.0485, HUF: 0.00305, ILS: 0.314, THB: 0.0317, TWD: 0.0318, SAR: 0.2666 },
};
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
/** Such as `EURUSD=X`; `JPY=X` is USD/JPY. */
const PAIR = /^(?<base>[A-Z]{3})?(?<quote>[A-Z]{3})=X$/;

const dollarsFor = (currency: string): number =>
  DOLLARS[currency] ?? 0.01 + 0.09 * new Noise(currency, 'dollars').unit(0, 0);

/** A pair of currencies by Yahoo's symbol, which has no volume; undefined if there are no such currencies. */
export function currencyPair(symbol: string): Stock | undefined {
  const { base = 'USD', quote } = PAIR.exec(symbol)?.groups ?? {};
  if (!quote || base === quote || !CURRENCIES.has(base) || !CURRENCIES.has(quote)) return undefined;
  const rate = dollarsFor(base) / dollarsFor(quote);
  return {
    ...{ kind: 'stock', symbol, name: `${base}/${quote}`, market: '24/5', currency: quote, instrumentType: 'CURRENCY' },
    ...{ exchangeName: 'CCY', fullExchangeName: 'CCY', volume: 0, silentShare: 0, dividends: null, growth: 0 },
    anchor: rate,
    volatility: 0.004 + 0.004 * new Noise(symbol, 'unlisted').unit(0, 0),
    // as finely quoted as the market does it: 1.17250, 156.250
    ticksPerUnit: rate > 20 ? 1e3 : rate > 0.01 ? 1e5 : 1e7,
    firstDate: '2003-12-01',
  };
}
