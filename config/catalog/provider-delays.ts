import type { CalendarId } from '../../domain/calendars/calendar.js';
import { EXCHANGES } from './exchanges.js';
import { type ProviderCatalog, type ProviderId, PROVIDER_IDS, PROVIDERS } from './providers.js';

/** The feeds that the environment chooses: how late each is, ms. */
const chosenFeeds = new Map<ProviderId, number>();

/** Chooses the feeds of providers that have several. To be called once, at each entry point. */
export function applyFeeds(env: Readonly<Record<string, unknown>>): void {
  chosenFeeds.clear();
  for (const id of PROVIDER_IDS) {
    const { feeds }: ProviderCatalog = PROVIDERS[id];
    const delay = feeds?.delays[String(env[feeds.variable])];
    if (delay !== undefined) chosenFeeds.set(id, delay);
  }
}

/** How late the newest bars of an exchange are at a provider, ms. They are missing, not null. */
export const delayOf = (provider: ProviderId, exchange: CalendarId): number =>
  chosenFeeds.get(provider) ?? PROVIDERS[provider].delayMs ?? EXCHANGES[exchange].delayMs;

/**
 * The part of the delay by which payloads tell a bar that is still to come: all of it where a request may be for bars that
 * the provider does not have yet. A delay of the provider's own is kept by what is requested, whichever feed it is of.
 */
export const payloadDelayOf = (provider: ProviderId, exchange: CalendarId): number =>
  PROVIDERS[provider].delayMs === null ? EXCHANGES[exchange].delayMs : 0;
