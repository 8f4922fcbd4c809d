import { describe, expect, it } from 'vitest';
import { parseInstrument, parseSearch } from './instruments.js';

const body = (...coins: object[]) => Buffer.from(JSON.stringify({ coins, exchanges: [], nfts: [] }));
const COIN = { id: 'ripple', name: 'XRP', api_symbol: 'ripple', symbol: 'XRP', market_cap_rank: 4 };
const COPY = {
  id: 'xrp-classic',
  name: 'XRP Classic',
  api_symbol: 'xrp-classic',
  symbol: 'XRP',
  market_cap_rank: null,
};

describe('a search of CoinGecko', () => {
  it('tells coins of one ticker apart, and refuses those without a rank', () => {
    expect(parseSearch(body(COIN, COPY))).toMatchObject([
      { providerSymbol: 'ripple', symbol: 'XRP', kind: 'coin', exchange: '24/7', currency: 'USD', refused: null },
      { providerSymbol: 'xrp-classic', symbol: 'XRP', refused: expect.stringContaining('no rank') },
    ]);
  });

  it('knows a coin by its id, and not by its ticker', () => {
    expect(parseInstrument(body(COIN, COPY), 'ripple')).toMatchObject({ providerSymbol: 'ripple' });
    expect(parseInstrument(body(COIN, COPY), 'xrp')).toBeNull();
  });

  it('is refused if it has another shape', () => {
    expect(() => parseSearch(Buffer.from('{"coins":[{"id":1}]}'))).toThrow(
      expect.objectContaining({
        kind: 'schema-drift',
        details: expect.objectContaining({ field: 'coins[0].id' }),
      }),
    );
  });
});
