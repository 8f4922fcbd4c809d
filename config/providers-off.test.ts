import { describe, expect, it } from 'vitest';
import { readEnv } from './env.js';
import { providersOff } from './providers-off.js';

const KEYS = { ALPACA_KEY_ID: 'id', ALPACA_SECRET_KEY: 'secret' };
const off = (env: Record<string, string>) => Object.fromEntries(providersOff(readEnv(env)));

describe('a provider', () => {
  it('is off without its keys', () => {
    expect(off({})).toEqual({ alpaca: 'no key: ALPACA_KEY_ID and ALPACA_SECRET_KEY are not set' });
    expect(off({ ALPACA_KEY_ID: 'id' })).toEqual({ alpaca: 'no key: ALPACA_SECRET_KEY is not set' });
    expect(off(KEYS)).toEqual({});
  });

  it('is off beside a stand-in on this machine, unless it has one too', () => {
    const some = {
      ...KEYS,
      YAHOO_BASE_URL: 'http://127.0.0.1:9090',
      COINGECKO_BASE_URL: 'http://localhost:9090/api/v3',
    };
    expect(Object.keys(off(some))).toEqual(['alpaca', 'coinbase']);
    expect(off(some).coinbase).toMatch(/^YAHOO_BASE_URL is on this machine, and COINBASE_BASE_URL is not set: /);
    expect(Object.keys(off({ ...some, COINBASE_BASE_URL: 'http://[::1]:9090' }))).toEqual(['alpaca']);
  });

  it('is on beside one that is reached through another address', () => {
    expect(off({ ...KEYS, YAHOO_BASE_URL: 'https://query1.finance.yahoo.com' })).toEqual({});
  });
});
