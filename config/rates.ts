import type { ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/** Requests per second of each provider, from the environment. */
export const ratesOf = (env: Pick<Env, 'YAHOO_RPS' | 'COINGECKO_RPS'>): Record<ProviderId, number> => ({
  yahoo: env.YAHOO_RPS,
  coingecko: env.COINGECKO_RPS,
});

/** The share of a provider's rate and of its concurrent requests that bulk work may use: live work has priority. */
export const BULK_SHARE = 1 / 2;
