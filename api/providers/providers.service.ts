import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS, timeframesOf } from '../../config/catalog/providers.js';
import {
  type CallCount,
  type CallFailure,
  type CallTimes,
  ProviderReader,
  type ProviderStanding,
} from '../../db/repositories/provider/provider-reader.js';
import { DEPS, type ApiDeps } from '../deps.js';
import type { ProviderBody, ProvidersBody } from './providers.schema.js';

const BUCKET_SECONDS = 300;
const BUCKETS = 12;
const HOUR_SECONDS = BUCKET_SECONDS * BUCKETS;

/** Status of the providers. */
@Injectable()
export class ProvidersService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly reader: ProviderReader,
  ) {}

  async all(): Promise<ProvidersBody> {
    const [standings, counts, times, failures] = await Promise.all([
      this.reader.standings(),
      this.reader.counts(BUCKET_SECONDS, BUCKETS),
      this.reader.times(HOUR_SECONDS),
      this.reader.failures(HOUR_SECONDS),
    ]);
    const providers = standings.map((standing) => {
      const isOwn = ({ provider }: { provider: string }) => provider === standing.provider;
      return this.body(standing, counts.filter(isOwn), times.find(isOwn), failures.find(isOwn));
    });
    return { at: (standings[0]?.at ?? new Date(this.deps.wallNow())).toISOString(), providers };
  }

  private body(
    standing: ProviderStanding,
    counts: CallCount[],
    times: CallTimes | undefined,
    failure: CallFailure | undefined,
  ): ProviderBody {
    const { provider, blockedUntil, blockedReason, blockedType, outageSince, outageSymptom, failures, inFlight } =
      standing;
    const { name, monthlyQuota } = PROVIDERS[provider];
    return {
      provider,
      name,
      timeframes: timeframesOf(provider),
      state: stateOf(standing, monthlyQuota),
      blocked: blockedUntil && { until: blockedUntil.toISOString(), type: blockedType, reason: blockedReason },
      outage: outageSince && { since: outageSince.toISOString(), symptom: outageSymptom ?? 'unknown' },
      failures,
      inFlight,
      requestsPerSecond: this.deps.rates[provider],
      quota: {
        used: standing.quotaUsed,
        limit: monthlyQuota,
        from: standing.quotaFrom.toISOString(),
        until: standing.quotaUntil.toISOString(),
      },
      lastSuccessAt: standing.lastSuccessAt?.toISOString() ?? null,
      lastFailureAt: standing.lastFailureAt?.toISOString() ?? null,
      lastHour: hourOf(counts, times),
      lastError: failure
        ? { at: failure.at.toISOString(), kind: failure.error, status: failure.status, message: failure.message }
        : null,
    };
  }
}

function stateOf(standing: ProviderStanding, monthlyQuota: number | null): ProviderBody['state'] {
  if (monthlyQuota !== null && standing.quotaUsed >= monthlyQuota) return 'out_of_quota';
  if (standing.blockedUntil) return 'blocked';
  if (standing.outageSince) return 'outage';
  if (standing.failures > 0) return 'failing';
  return standing.lastSuccessAt ? 'ok' : 'unused';
}

function hourOf(counts: CallCount[], times: CallTimes | undefined): ProviderBody['lastHour'] {
  const sum = (some: CallCount[]) => some.reduce((all, { calls }) => all + calls, 0);
  const results = Map.groupBy(counts, ({ error }) => error ?? 'ok');
  const bucketsOf = (matches: (count: CallCount) => boolean) =>
    Array.from({ length: BUCKETS }, (_, i) => sum(counts.filter((count) => count.step === i && matches(count))));
  return {
    calls: sum(counts),
    byResult: Object.fromEntries([...results].sort().map(([result, some]) => [result, sum(some)])),
    medianMs: times?.median ?? null,
    p95Ms: times?.p95 ?? null,
    timeline: {
      stepSeconds: BUCKET_SECONDS,
      ok: bucketsOf(({ error }) => error === null),
      failed: bucketsOf(({ error }) => error !== null),
    },
  };
}
