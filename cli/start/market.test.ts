import { describe, expect, it } from 'vitest';
import { chooseMarket } from './market.js';
import { startOptions } from './options.js';

const neverProbe = () => Promise.reject(new Error('no host may be probed'));

describe('the choice of the market', () => {
  it('takes the sandbox if a provider cannot be reached, and says which one and why', async () => {
    const proxy = 'connect ECONNREFUSED 127.0.0.1:3128';
    const choice = await chooseMarket(startOptions([], {}), (url) =>
      Promise.resolve(url.includes('yahoo') ? null : proxy),
    );
    expect(choice).toEqual({
      mode: 'sandbox',
      sentence:
        `Market data: SIMULATED by the sandbox (cannot reach api.coingecko.com: ${proxy}; --live skips this check). ` +
        'No bar is real.',
    });
  });

  it('is live if all providers can be reached', async () => {
    const choice = await chooseMarket(startOptions([], {}), () => Promise.resolve(null));
    expect(choice).toMatchObject({ mode: 'live', sentence: expect.stringContaining('(all reachable)') });
  });

  it.each([
    [['--live'], {}, 'live'],
    [['--sandbox'], {}, 'sandbox'],
    [['--demo'], {}, 'sandbox'],
    [[], { MARKET_MODE: 'sandbox' }, 'sandbox'],
    [[], { YAHOO_BASE_URL: 'http://127.0.0.1:9' }, 'live'],
    [[], { NODE_ENV: 'production' }, 'live'],
  ])('sends no request with %j and %j', async (argv, variables, mode) => {
    expect(await chooseMarket(startOptions(argv, variables), neverProbe)).toMatchObject({ mode });
  });
});
