import { PROVIDERS } from '../config/catalog/providers.js';
import { OFF } from '../db/repositories/provider/provider-gate.js';
import type { ProviderStanding } from '../db/repositories/provider/provider-reader.js';

export const PROVIDER_STATES = ['ok', 'failing', 'blocked', 'outage', 'out_of_quota', 'unused', 'off'] as const;
export type ProviderState = (typeof PROVIDER_STATES)[number];

/** What holds requests to a provider up most; `failing`: the last request failed, and nothing holds the next one up. */
export function providerState(standing: ProviderStanding): ProviderState {
  const { monthlyQuota } = PROVIDERS[standing.provider];
  if (standing.blockedType === OFF) return 'off';
  if (monthlyQuota !== null && standing.quotaUsed >= monthlyQuota) return 'out_of_quota';
  if (standing.blockedUntil) return 'blocked';
  if (standing.outageSince) return 'outage';
  if (standing.failures > 0) return 'failing';
  return standing.lastSuccessAt ? 'ok' : 'unused';
}
