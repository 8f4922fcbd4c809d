import { type AskedProviderId, PROVIDER_IDS, PROVIDERS, type ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/** Requests per second of each provider, from the environment. */
export const ratesOf = (env: Pick<Env, `${Uppercase<AskedProviderId>}_RPS`>): Record<ProviderId, number> =>
  Object.fromEntries(
    PROVIDER_IDS.map((id) => [
      id,
      id === 'file' ? PROVIDERS.file.requestsPerSecond : env[`${id.toUpperCase() as Uppercase<AskedProviderId>}_RPS`],
    ]),
  ) as Record<ProviderId, number>;

/** The share of a provider's rate and of its concurrent requests that bulk work may use: live work has priority. */
export const BULK_SHARE = 1 / 2;
