import { describe, expect, it } from 'vitest';
import { coinSearch, yahooSearch } from './search.js';

const stocks = (q: string) => (yahooSearch(new URLSearchParams({ q })).body as { quotes: { symbol: string }[] }).quotes;
const coins = (query: string) =>
  (coinSearch(new URLSearchParams({ query })).body as { coins: { id: string; market_cap_rank: number }[] }).coins;

describe('the search of the sandbox', () => {
  it('finds listed stocks by name and symbol, the exact symbol first', () => {
    expect(stocks('siemens')).toMatchObject([{ symbol: 'SIE.DE', exchange: 'GER', quoteType: 'EQUITY' }]);
    expect(stocks('spy')[0]).toMatchObject({ symbol: 'SPY', quoteType: 'ETF' });
  });

  it.each([
    ['tsla', { symbol: 'TSLA', exchange: 'NMS', quoteType: 'EQUITY' }],
    ['bmw.de', { symbol: 'BMW.DE', exchange: 'GER', quoteType: 'EQUITY' }],
    ['VOD.L', { symbol: 'VOD.L', exchange: 'LSE', quoteType: 'EQUITY' }],
    ['^gspc', { symbol: '^GSPC', exchange: 'SNP', quoteType: 'INDEX' }],
    ['9984.t', { symbol: '9984.T', exchange: 'JPX', quoteType: 'EQUITY' }],
    ['eursek=x', { symbol: 'EURSEK=X', exchange: 'CCY', quoteType: 'CURRENCY' }],
    ['pepe-usd', { symbol: 'PEPE-USD', exchange: 'CCC', quoteType: 'CRYPTOCURRENCY' }],
    ['vfiax', { symbol: 'VFIAX', exchange: 'NAS', quoteType: 'MUTUALFUND' }],
  ])('finds an unlisted stock or index by its symbol: %s', (q, found) => expect(stocks(q)).toMatchObject([found]));

  it.each([
    ['toyota', '7203.T'],
    ['nestle', 'NESN.SW'],
    ['eur/usd', 'EURUSD=X'],
    ['s&p 500', '^GSPC'],
    ['vanguard total stock market index', 'VTSAX'],
  ])('finds what is well known by its name: %s', (q, symbol) =>
    expect(stocks(q)).toContainEqual(expect.objectContaining({ symbol })),
  );

  it('finds nothing for a name that nothing has, and refuses an empty one', () => {
    expect(stocks('no such company')).toEqual([]);
    expect(yahooSearch(new URLSearchParams())).toMatchObject({ status: 400 });
  });

  it('finds coins by market value, and unlisted ones after them', () => {
    expect(coins('bit')[0]).toMatchObject({ id: 'bitcoin', market_cap_rank: 1 });
    expect(coins('link')).toMatchObject([{ id: 'chainlink', symbol: 'LINK' }]);
    expect(coins('siemens')).toEqual([]);
  });
});
