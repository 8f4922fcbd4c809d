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

/** How far apart that keeps the requests of bulk work, in seconds. @param requestsPerSecond of the provider */
export const bulkSecondsPerRequest = (requestsPerSecond: number): number => 1 / (requestsPerSecond * BULK_SHARE);

/** The shares of a provider's rate, minute by minute, and of its monthly quota that people's searches may use. */
const SEARCH_SHARE = { ofRate: 1 / 4, ofQuota: 1 / 20 };

/** How many searches a provider is sent at the most. */
export interface SearchLimits {
  perMinute: number;
  /** Per calendar month (UTC); null = not limited. */
  perMonth: number | null;
}

/** @param requestsPerSecond of the provider */
export const searchLimits = (provider: ProviderId, requestsPerSecond: number): SearchLimits => {
  const { monthlyQuota } = PROVIDERS[provider];
  return {
    perMinute: Math.max(1, Math.floor(requestsPerSecond * 60 * SEARCH_SHARE.ofRate)),
    perMonth: monthlyQuota === null ? null : Math.floor(monthlyQuota * SEARCH_SHARE.ofQuota),
  };
};
