import { type AskedProviderId, PROVIDER_IDS, PROVIDERS, type ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/** The variables with the base URLs of providers. */
export type BaseUrlVariables = Pick<Env, `${Uppercase<AskedProviderId>}_BASE_URL`>;

/** The base URL of a provider that the environment sets; undefined if it sets none. */
export const givenBaseUrl = (id: ProviderId, env: Partial<BaseUrlVariables>): string | undefined =>
  id === 'file' ? undefined : env[`${id.toUpperCase() as Uppercase<AskedProviderId>}_BASE_URL`];

/** The base URL of each provider: from the environment, else the real one. */
export const baseUrlsOf = (env: Partial<BaseUrlVariables>): Record<ProviderId, string> =>
  Object.fromEntries(PROVIDER_IDS.map((id) => [id, givenBaseUrl(id, env) ?? PROVIDERS[id].defaultBaseUrl])) as Record<
    ProviderId,
    string
  >;
