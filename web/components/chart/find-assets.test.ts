import { expect, it } from '@jest/globals';
import { findAssets } from './find-assets';

const assets = [
  { symbol: 'SPY', name: 'SPDR S&P 500 ETF' },
  { symbol: 'MSFT', name: 'Microsoft' },
  { symbol: 'SOL', name: 'Solana' },
  { symbol: 'XMR', name: 'Spymaster' },
];
const find = (text: string) => findAssets(assets, text).map(({ symbol }) => symbol);

it('finds assets by symbol first, then by name, ignoring case', () => {
  expect(find('')).toEqual(['SPY', 'MSFT', 'SOL', 'XMR']);
  expect(find('spy')).toEqual(['SPY', 'XMR']);
  expect(find(' Micro ')).toEqual(['MSFT']);
  expect(find('s')).toEqual(['SPY', 'SOL', 'XMR', 'MSFT']);
  expect(find('500')).toEqual(['SPY']);
  expect(find('euro')).toEqual([]);
});
