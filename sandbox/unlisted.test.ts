import { describe, expect, it } from 'vitest';
import { calendarOf } from '../domain/calendars/index.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { listingOf } from '../providers/yahoo/exchanges.js';
import { unitOf } from '../providers/yahoo/wire.js';
import { MARKETS, type MarketId, sessionsBetween } from './calendar.js';
import { Exchange } from './exchange.js';
import { findStock } from './find-instrument.js';
import { COINS } from './instruments.js';
import { PLACES } from './places.js';
import { DAY, MINUTE } from './time.js';
import { yahooChart } from './yahoo.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const ticker = (ending: string) => `TEST${ending}`;
const marketOf = (calendar: CalendarId): MarketId => (calendar === '24/7' ? 'ALWAYS' : calendar);
/** Every exchange that the product knows, with symbols that are listed there. */
const SYMBOLS = [
  ...['EURUSD=X', 'JPY=X', 'BTC-USD', 'PEPE-EUR', 'VTSAX', '0P0000ABCD.L', '^GSPC', '^N225', 'BRK-B', 'BAC-PL'],
  ...[...PLACES.keys()].map(ticker),
  ...['005930.KS', '0700.HK', 'RELIANCE.NS', 'M&M.NS', 'BAJAJ-AUTO.NS', 'NOVO-B.CO', '000001.SS'],
];

describe('an unlisted symbol', () => {
  it.each(SYMBOLS)('is traded, on a calendar and in a currency that the product knows: %s', (symbol) => {
    const stock = findStock(symbol)!;
    const { market, exchangeName, instrumentType, currency } = stock;
    expect(listingOf(exchangeName, instrumentType)).toMatchObject({
      exchange: market === 'ALWAYS' ? '24/7' : market,
    });
    expect(Intl.supportedValuesOf('currency')).toContain(unitOf(currency).currency);
    const exchange = new Exchange(1);
    const { status, body } = yahooChart(exchange, symbol, new URLSearchParams({ range: '1y', interval: '1d' }), NOW);
    const { close } = (body as { chart: { result: [{ indicators: { quote: [{ close: number[] }] } }] } }).chart
      .result[0].indicators.quote[0];
    expect(status).toBe(200);
    expect(close.length).toBeGreaterThan(200);
    expect(Math.min(...close)).toBeGreaterThan(0);
  });

  it('is of every exchange of the product', () => {
    const markets = new Set(SYMBOLS.map((symbol) => findStock(symbol)!.market));
    expect([...markets].sort()).toEqual((Object.keys(EXCHANGES) as CalendarId[]).map(marketOf).sort());
  });

  it.each(['NOSUCH', 'FOO.XX', 'ABCUSD=X', 'USDUSD=X', 'USD=X', '=X', '^', '.L', 'AAPL-', 'A B', '12345', ''])(
    'is refused if it is nonsense: "%s"',
    (symbol) => expect(findStock(symbol)).toBeUndefined(),
  );

  it('has the same prices in every run', () => {
    const priceOf = (symbol: string) => {
      const stock = findStock(symbol)!;
      const [session] = sessionsBetween(stock.market, NOW - 5 * DAY, NOW);
      return new Exchange(1).sessionBar(stock, session!, NOW);
    };
    for (const symbol of ['7203.T', 'EURUSD=X', 'VTSAX']) expect(priceOf(symbol)).toEqual(priceOf(symbol));
    expect(priceOf('EURUSD=X')).toMatchObject({ volume: 0 });
    expect(Math.abs(priceOf('EURUSD=X')!.close / 1.17 - 1)).toBeLessThan(0.1);
    const { open, high, low, close, volume } = priceOf('VTSAX')!;
    expect([open, high, low, volume]).toEqual([close, close, close, 0]);
  });

  it('costs as much at Yahoo as at CoinGecko if it is a listed coin', () => {
    const exchange = new Exchange(1);
    const minute = (symbol: string) => exchange.minuteBars(findStock(symbol)!, NOW - MINUTE, NOW, NOW)[0]!.close;
    const coin = exchange.minuteBars(COINS.get('bitcoin')!, NOW - MINUTE, NOW, NOW)[0]!.close;
    expect(minute('BTC-USD')).toBe(Math.fround(coin));
  });

  it('has no value of a fund before the close', () => {
    const fund = findStock('VTSAX')!;
    const [session] = sessionsBetween('XNYS', NOW, NOW + DAY);
    const exchange = new Exchange(1);
    expect(exchange.sessionBar(fund, session!, session!.close - 1)).toBeNull();
    const during = yahooChart(exchange, 'VTSAX', new URLSearchParams({ range: '5d' }), session!.open + 60 * MINUTE);
    const { meta } = (during.body as { chart: { result: [{ meta: { regularMarketPrice: number } }] } }).chart.result[0];
    expect(meta.regularMarketPrice).toBeGreaterThan(0);
  });
});

describe('a market', () => {
  it.each(Object.keys(MARKETS) as MarketId[])('%s has the sessions that the product expects', (id) => {
    const calendar = calendarOf(id === 'ALWAYS' ? '24/7' : id);
    for (const [from, to] of [
      ['2021-01-01', '2022-01-01'],
      ['2025-12-01', '2026-12-31'],
    ].map((dates) => dates.map((date) => Date.parse(date))))
      expect(
        sessionsBetween(id, from!, to!).map(({ date, open, close, breaks }) => [date, open, close, ...breaks.flat()]),
      ).toEqual(
        calendar
          .sessionsBetween(from!, to!)
          .map(({ date, open, close, breaks }) => [date, open, close, ...breaks.flat()]),
      );
  });

  it('goes on in its regular week where its calendar ends', () => {
    const [last] = sessionsBetween('XSHG', Date.parse('2031-10-01'), Date.parse('2031-10-02'));
    expect(last).toMatchObject({ date: '2031-10-01', open: Date.parse('2031-10-01T01:30:00Z') });
  });

  it('has no minutes in its lunch break, and the same day with and without them', () => {
    const exchange = new Exchange(1);
    const stock = findStock('7203.T')!;
    const [session] = sessionsBetween('XTKS', NOW - DAY, NOW);
    const { open, close, breaks } = session!;
    const minutes = exchange.minuteBars(stock, open, close, close);
    const [[start, end]] = breaks as [[number, number]];
    expect(minutes.filter(({ time }) => time >= start && time < end)).toEqual([]);
    expect(minutes.map(({ time }) => time).slice(149, 151)).toEqual([start - MINUTE, end]);
    const day = exchange.sessionBar(stock, session!, close)!;
    expect([minutes[0]!.open, minutes.at(-1)!.close]).toEqual([day.open, day.close]);
    expect(Math.max(...minutes.map(({ high }) => high))).toBe(day.high);
    expect(minutes.reduce((sum, { volume }) => sum + volume, 0)).toBe(day.volume);
    expect(exchange.minuteBars(stock, start, end + MINUTE, close).map(({ time }) => time)).toEqual([end]);
  });
});
