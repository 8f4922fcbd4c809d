import { PROVIDERS, type ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/** The base URL of each provider: from the environment, else the real one. */
export const baseUrlsOf = (env: Pick<Env, 'YAHOO_BASE_URL' | 'COINGECKO_BASE_URL'>): Record<ProviderId, string> => ({
  yahoo: env.YAHOO_BASE_URL ?? PROVIDERS.yahoo.defaultBaseUrl,
  coingecko: env.COINGECKO_BASE_URL ?? PROVIDERS.coingecko.defaultBaseUrl,
});
