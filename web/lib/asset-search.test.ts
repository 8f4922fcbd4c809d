import { describe, expect, it } from 'vitest';
import type { FoundAsset } from './api/types';
import { askingFor, describeFound, symbolsIn } from './asset-search';

describe('a list of symbols', () => {
  it.each([
    ['VOD.L, 7203.T,BHP.AX', ['VOD.L', '7203.T', 'BHP.AX']],
    ['VOD.L 7203.T ^GSPC EURUSD=X', ['VOD.L', '7203.T', '^GSPC', 'EURUSD=X']],
    ['spy, spy, qqq', ['spy', 'qqq']],
  ])('is recognised in %s', (text, symbols) => {
    expect(symbolsIn(text)).toEqual(symbols);
  });

  it.each(['royal bank of canada', 'VOD.L', 'Vodafone', '', 'SPY,'])('is not seen in %s, which is a search', (text) => {
    expect(symbolsIn(text)).toEqual([]);
  });
});

it('a result is asked for at its provider, and a series of files by its symbol alone', () => {
  const [symbol, providerSymbol] = ['ABC', 'abc'];
  expect(askingFor({ askedProvider: 'yahoo', providerSymbol, symbol })).toEqual({ asked: 'abc', provider: 'yahoo' });
  expect(askingFor({ askedProvider: null, providerSymbol, symbol })).toEqual({ asked: 'ABC', provider: null });
});

it('a result is described by what is known of it', () => {
  const found: FoundAsset = {
    ...{ provider: 'yahoo', askedProvider: 'yahoo', providerSymbol: 'VOD.L', symbol: 'VOD.L', name: 'Vodafone' },
    ...{ kind: 'equity', exchange: 'XLON', exchangeName: 'London', currency: 'GBP', quotedIn: 'GBp' },
    ...{ timeframes: ['1m', '1d'], followedAs: null, refused: null },
  };
  expect(describeFound(found)).toBe('stock · London · GBP, quoted in GBp · 1-minute bars, 1-day bars');
  const future: FoundAsset = {
    ...found,
    ...{ kind: null, exchange: null, exchangeName: 'CME', currency: null, quotedIn: null },
    ...{ timeframes: [], refused: 'a future' },
  };
  expect(describeFound(future)).toBe('CME');
});
