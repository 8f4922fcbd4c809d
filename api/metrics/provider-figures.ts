import { Injectable } from '@nestjs/common';
import { type Gauge, Registry } from 'prom-client';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { OFF } from '../../db/repositories/provider/provider-gate.js';
import { ProviderReader } from '../../db/repositories/provider/provider-reader.js';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import { type Figures, gauge, setAll } from './figures.js';

/** Requests to the providers, and whether they are blocked. A provider that is off has none. */
@Injectable()
export class ProviderFigures implements Figures {
  private readonly requests: Gauge;
  private readonly inFlight: Gauge;
  private readonly blocked: Gauge;
  private readonly outage: Gauge;
  private readonly failures: Gauge;
  private readonly quotaUsed: Gauge;
  private readonly quotaLimit: Gauge;

  constructor(
    registry: Registry,
    private readonly reader: ProviderReader,
  ) {
    const of = (name: string, help: string, labels: string[] = []) =>
      gauge(registry, `provider_${name}`, help, ['provider', ...labels]);
    this.requests = of('requests_last_hour', 'Requests of the last hour, by outcome: ok, or the kind of failure.', [
      'outcome',
    ]);
    this.inFlight = of('requests_in_flight', 'Requests in progress.');
    this.blocked = of('blocked', '1 while nothing is requested of a provider because requests have failed.');
    this.outage = of('outage', '1 while a provider is in an outage.');
    this.failures = of('failures', 'Failed requests since the last success.');
    this.quotaUsed = of('quota_used', 'Requests of this calendar month (UTC).');
    this.quotaLimit = of('quota_limit', 'Requests that a provider allows in a month; absent if it is unlimited.');
  }

  async refresh(): Promise<void> {
    const [standings, counts] = await Promise.all([this.reader.standings(), this.reader.counts(HOUR / SECOND, 1)]);
    const on = standings.filter(({ blockedType }) => blockedType !== OFF);
    const each = (to: Gauge, value: (standing: (typeof on)[number]) => number | null) =>
      setAll(
        to,
        on.flatMap((standing) => {
          const number = value(standing);
          return number === null ? [] : [[{ provider: standing.provider }, number] as const];
        }),
      );
    await setAll(
      this.requests,
      counts.map(({ provider, error, calls }) => [{ provider, outcome: error ?? 'ok' }, calls]),
    );
    await each(this.inFlight, ({ inFlight }) => inFlight);
    await each(this.blocked, ({ blockedUntil }) => (blockedUntil ? 1 : 0));
    await each(this.outage, ({ outageSince }) => (outageSince ? 1 : 0));
    await each(this.failures, ({ failures }) => failures);
    await each(this.quotaUsed, ({ quotaUsed }) => quotaUsed);
    await each(this.quotaLimit, ({ provider }) => PROVIDERS[provider].monthlyQuota);
  }

  forget(): void {
    const { requests, inFlight, blocked, outage, failures, quotaUsed, quotaLimit } = this;
    for (const one of [requests, inFlight, blocked, outage, failures, quotaUsed, quotaLimit]) one.reset();
  }
}
