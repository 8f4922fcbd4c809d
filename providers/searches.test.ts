import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithRecordings } from '../test/recordings.js';
import { parseSearch as parseCoins } from './coingecko/instruments.js';
import { ProviderError } from './provider.js';
import { parseSearch } from './yahoo/instruments.js';

const bodyOf = (folder: string, file: string): Buffer => {
  const { response } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { response: { body: unknown } };
  return Buffer.from(JSON.stringify(response.body));
};

describeWithRecordings('recorded searches', (recordings) => {
  const yahoo = join(recordings, 'yahoo-search');
  const files = recordings ? readdirSync(yahoo).filter((file) => file.endsWith('.json')) : ['skipped'];

  it.each(files)('%s is read, or refused as a drift of its shape', (file) => {
    let found: ReturnType<typeof parseSearch> = [];
    try {
      found = parseSearch(bodyOf(yahoo, file));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      expect(error.kind).toBe('schema-drift');
    }
    for (const one of found) {
      expect(one.providerSymbol).not.toBe('');
      expect(one.refused === null).toBe(one.kind !== null && one.exchange !== null);
    }
  });

  it.each([
    ['search-AAPL.json', { symbol: 'AAPL', kind: 'equity', exchange: 'XNYS', refused: null }],
    ['search-EURUSD=X.json', { symbol: 'EURUSD=X', kind: 'currency', exchange: '24/5' }],
    ['search-BTC-USD.json', { symbol: 'BTC-USD', name: 'Bitcoin USD', kind: 'coin', exchange: '24/7' }],
    ['search-QQQ.json', { symbol: 'QQQ', kind: 'etf', exchange: 'XNYS' }],
  ])('%s has the wanted one first', (file, first) => {
    expect(parseSearch(bodyOf(yahoo, file))[0]).toMatchObject(first);
  });

  it('that found nothing are empty', () => expect(parseSearch(bodyOf(yahoo, 'search-NO0010123060.json'))).toEqual([]));

  it('of CoinGecko tell coins by their ids', () => {
    const coins = parseCoins(bodyOf(join(recordings, 'coingecko'), 'jkorf-Search.json'));
    expect(coins.length).toBeGreaterThan(0);
    for (const coin of coins) expect(coin).toMatchObject({ kind: 'coin', exchange: '24/7', currency: 'USD' });
  });
});
