import { baseUrlsOf } from '../config/base-urls.js';
import { PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import type { Env } from '../config/env.js';
import { createCoinGecko } from './coingecko/client.js';
import type { Provider } from './provider.js';
import { createYahoo } from './yahoo/client.js';

/** The environment variables of providers. */
export type ProviderEnv = Pick<Env, 'YAHOO_BASE_URL' | 'COINGECKO_BASE_URL' | 'COINGECKO_API_KEY'>;

const FACTORIES = {
  yahoo: (baseUrl) => createYahoo({ baseUrl }),
  coingecko: (baseUrl, env) => createCoinGecko({ baseUrl, apiKey: env.COINGECKO_API_KEY }),
} satisfies Record<ProviderId, (baseUrl: string, env: ProviderEnv) => Provider>;

/** Creates one client per provider. Sends no request. */
export function createProviders(env: ProviderEnv): Record<ProviderId, Provider> {
  const baseUrls = baseUrlsOf(env);
  const entries = PROVIDER_IDS.map((id) => [id, FACTORIES[id](baseUrls[id], env)] as const);
  return Object.fromEntries(entries) as Record<ProviderId, Provider>;
}
