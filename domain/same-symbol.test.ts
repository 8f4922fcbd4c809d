import { describe, expect, it } from 'vitest';
import { meantSymbols, sameSymbol } from './same-symbol.js';

const KNOWN = ['SPY', 'BTC', 'SIE.DE'];

describe('sameSymbol', () => {
  it.each([
    ['BTC-USD', 'BTC'],
    ['btc/usdt', 'BTC'],
    ['BTCUSD', 'BTC'],
    ['BINANCE:BTCUSDT', 'BTC'],
    ['X:BTC-USD', 'BTC'],
    ['BTC:USD', 'BTC'],
    ['NASDAQ:SPY', 'SPY'],
    ['SPY.US', 'SPY'],
    ['$SPY', 'SPY'],
    ['sie.de', 'SIE.DE'],
    ['NOPE', null],
    ['SPY', null],
  ])('of %s is %s', (given, ours) => {
    expect(sameSymbol(given, KNOWN)).toBe(ours);
  });
});

describe('meantSymbols', () => {
  it('names each symbol once, and is empty if none is similar', () => {
    expect(meantSymbols(['BTC-USD', 'NOPE', 'SPY.US', 'BTC/EUR'], KNOWN)).toBe('; did you mean BTC, SPY?');
    expect(meantSymbols(['NOPE'], KNOWN)).toBe('');
    expect(meantSymbols([], KNOWN)).toBe('');
  });
});
