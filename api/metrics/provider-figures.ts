import { Injectable } from '@nestjs/common';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { OFF } from '../../db/repositories/provider/provider-gate.js';
import { ProviderReader, type ProviderStanding } from '../../db/repositories/provider/provider-reader.js';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import { type Figure, type Figures, figure } from './figures.js';

/** Requests to the providers, and whether they are blocked. A provider that is off has none. */
@Injectable()
export class ProviderFigures implements Figures {
  constructor(private readonly reader: ProviderReader) {}

  async read(): Promise<Figure[]> {
    const [standings, counts] = await Promise.all([this.reader.standings(), this.reader.counts(HOUR / SECOND, 1)]);
    const on = standings.filter(({ blockedType }) => blockedType !== OFF);
    const ofEach = (name: string, help: string, valueOf: (standing: ProviderStanding) => number | null) =>
      figure(
        `provider_${name}`,
        help,
        ['provider'],
        on.flatMap((standing) => {
          const value = valueOf(standing);
          return value === null ? [] : [[{ provider: standing.provider }, value] as const];
        }),
      );
    return [
      figure(
        'provider_requests_last_hour',
        'Requests of the last hour, by outcome: ok, or the kind of failure.',
        ['provider', 'outcome'],
        counts.map(({ provider, error, calls }) => [{ provider, outcome: error ?? 'ok' }, calls]),
      ),
      ofEach('requests_in_flight', 'Requests in progress.', ({ inFlight }) => inFlight),
      ofEach(
        'blocked',
        '1 while nothing is requested of a provider because requests have failed.',
        ({ blockedUntil }) => (blockedUntil ? 1 : 0),
      ),
      ofEach('outage', '1 while a provider is in an outage.', ({ outageSince }) => (outageSince ? 1 : 0)),
      ofEach('failures', 'Failed requests since the last success.', ({ failures }) => failures),
      ofEach('quota_used', 'Requests of this calendar month (UTC).', ({ quotaUsed }) => quotaUsed),
      ofEach(
        'quota_limit',
        'Requests that a provider allows in a month; absent if it is unlimited.',
        ({ provider }) => PROVIDERS[provider].monthlyQuota,
      ),
    ];
  }
}
