import type { ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/** Requests a second of each provider, as the environment says. */
export const ratesOf = (env: Pick<Env, 'YAHOO_RPS' | 'COINGECKO_RPS'>): Record<ProviderId, number> => ({
  yahoo: env.YAHOO_RPS,
  coingecko: env.COINGECKO_RPS,
});

/** Of a provider's rate and of its requests at once, what bulk work may use: live work goes first. */
export const BULK_SHARE = 1 / 2;
