import { type BaseUrlVariables, baseUrlsOf } from '../config/base-urls.js';
import { PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import type { Env } from '../config/env.js';
import { createAlpaca } from './alpaca/client.js';
import { createCoinbase } from './coinbase/client.js';
import { createCoinGecko } from './coingecko/client.js';
import { createFile } from './file/client.js';
import type { Provider } from './provider.js';
import { createYahoo } from './yahoo/client.js';

/** The environment variables of providers. */
export type ProviderEnv = Partial<BaseUrlVariables> &
  Partial<Pick<Env, 'COINGECKO_API_KEY' | 'ALPACA_KEY_ID' | 'ALPACA_SECRET_KEY' | 'ALPACA_FEED'>>;

const FACTORIES = {
  yahoo: (baseUrl) => createYahoo({ baseUrl }),
  coingecko: (baseUrl, env) => createCoinGecko({ baseUrl, apiKey: env.COINGECKO_API_KEY }),
  alpaca: (baseUrl, { ALPACA_KEY_ID: keyId, ALPACA_SECRET_KEY: secretKey, ALPACA_FEED: feed = 'sip' }) =>
    createAlpaca({ baseUrl, keyId, secretKey, feed }),
  coinbase: (baseUrl) => createCoinbase({ baseUrl }),
  file: () => createFile(),
} satisfies Record<ProviderId, (baseUrl: string, env: ProviderEnv) => Provider>;

/** Creates one client per provider. Sends no request. */
export function createProviders(env: ProviderEnv): Record<ProviderId, Provider> {
  const baseUrls = baseUrlsOf(env);
  const entries = PROVIDER_IDS.map((id) => [id, FACTORIES[id](baseUrls[id], env)] as const);
  return Object.fromEntries(entries) as Record<ProviderId, Provider>;
}
