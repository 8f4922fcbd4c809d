import { baseUrlsOf, givenBaseUrl } from './base-urls.js';
import { ASKED_PROVIDER_IDS, type AskedProviderId, PROVIDERS, type ProviderId } from './catalog/providers.js';
import type { Env } from './env.js';

/**
 * Why a provider is off, in words; null if it is on. Without its keys it refuses requests; and a real provider is not used
 * beside one that is simulated, by a shifted market clock or on this machine.
 */
export function whyOff(id: ProviderId, env: Env): string | null {
  const missing = PROVIDERS[id].keys.filter((name) => !(env as Readonly<Record<string, unknown>>)[name]);
  if (missing.length > 0) return `no key: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`;
  if (env.MARKET_MODE === 'sandbox' || givenBaseUrl(id, env) !== undefined) return null;
  const variable = `${id.toUpperCase()}_BASE_URL`;
  if (env.MARKET_CLOCK_OFFSET !== 0) return `the market clock is shifted, and ${variable} is not set`;
  const standIn = ASKED_PROVIDER_IDS.find((other) => isOnThisMachine(givenBaseUrl(other, env)));
  return standIn
    ? `${standIn.toUpperCase()}_BASE_URL is on this machine, and ${variable} is not set: bars of a stand-in and real ones are not mixed`
    : null;
}

/** The providers that are off, each with the reason. */
export const providersOff = (env: Env): Map<ProviderId, string> =>
  new Map(
    ASKED_PROVIDER_IDS.flatMap((id) => {
      const reason = whyOff(id, env);
      return reason === null ? [] : [[id, reason] as const];
    }),
  );

/** The base URL of each provider that is on. */
export type ProvidersInUse = Partial<Record<AskedProviderId, string>>;

export function providersInUse(env: Env): ProvidersInUse {
  const urls = baseUrlsOf(env);
  const on = ASKED_PROVIDER_IDS.filter((id) => whyOff(id, env) === null);
  return Object.fromEntries(on.map((id) => [id, urls[id]]));
}

function isOnThisMachine(url: string | undefined): boolean {
  const host = url === undefined ? '' : new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
