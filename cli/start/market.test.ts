import { describe, expect, it } from '@jest/globals';
import { chooseMarket } from './market.js';
import { startOptions } from './options.js';

const neverAsked = () => Promise.reject(new Error('nothing may be probed'));

describe('the choice of the market', () => {
  it('takes the sandbox when a provider cannot be reached, and says which', async () => {
    const choice = await chooseMarket(startOptions([], {}), (url) => Promise.resolve(url.includes('yahoo')));
    expect(choice.mode).toBe('sandbox');
    expect(choice.sentence).toBe(
      'Market data: SIMULATED by the sandbox, because api.coingecko.com cannot be reached from here (--live insists). No bar is real.',
    );
  });

  it('is live when both providers can be reached', async () => {
    const choice = await chooseMarket(startOptions([], {}), () => Promise.resolve(true));
    expect(choice).toMatchObject({ mode: 'live', sentence: expect.stringContaining('both can be reached') });
  });

  it.each([
    [['--live'], {}, 'live'],
    [['--sandbox'], {}, 'sandbox'],
    [['--demo'], {}, 'sandbox'],
    [[], { MARKET_MODE: 'sandbox' }, 'sandbox'],
    [[], { YAHOO_BASE_URL: 'http://127.0.0.1:9' }, 'live'],
    [[], { NODE_ENV: 'production' }, 'live'],
  ])('asks no network with %j and %j', async (argv, variables, mode) => {
    expect(await chooseMarket(startOptions(argv, variables), neverAsked)).toMatchObject({ mode });
  });
});
