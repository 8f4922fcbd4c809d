import { Inject, Injectable } from '@nestjs/common';
import { delayOf } from '../../config/catalog/provider-delays.js';
import {
  type ProviderCatalog,
  type ProviderId,
  PROVIDERS,
  requestsOfRound,
  timeframesOfProvider,
} from '../../config/catalog/providers.js';
import { livePipelineOf, PIPELINES } from '../../config/catalog/schedules.js';
import {
  type CallCount,
  type CallFailure,
  type CallTimes,
  ProviderReader,
  type ProviderStanding,
} from '../../db/repositories/provider/provider-reader.js';
import { liveFreshness } from '../../domain/planning/live-budget.js';
import { SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { providerState } from '../../planning/provider-state.js';
import { quotaPipelineOf, spacingInWords, spacingOf } from '../../planning/quota.js';
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
    private readonly assets: AssetCatalog,
  ) {}

  async all(): Promise<ProvidersBody> {
    const [standings, counts, times, failures] = await Promise.all([
      this.reader.standings(),
      this.reader.counts(BUCKET_SECONDS, BUCKETS),
      this.reader.times(HOUR_SECONDS),
      this.reader.failures(HOUR_SECONDS),
    ]);
    const providers = await Promise.all(
      standings.map(async (standing) => {
        const isOwn = ({ provider }: { provider: string }) => provider === standing.provider;
        const calls = { counts: counts.filter(isOwn), times: times.find(isOwn), failure: failures.find(isOwn) };
        const live = await this.assets.liveSeries(livePipelineOf(standing.provider));
        return this.body(standing, calls, new Set(live.map(({ source }) => source)).size);
      }),
    );
    return { at: (standings[0]?.at ?? new Date(this.deps.wallNow())).toISOString(), providers };
  }

  private body(
    standing: ProviderStanding,
    { counts, times, failure }: { counts: CallCount[]; times: CallTimes | undefined; failure: CallFailure | undefined },
    assets: number,
  ): ProviderBody {
    const { provider, blockedUntil, blockedReason, blockedType, outageSince, outageSymptom, failures, inFlight } =
      standing;
    const { name, homepage, terms, kinds, exchanges, hasVolume, hasActions, ...entry }: ProviderCatalog =
      PROVIDERS[provider];
    const { monthlyQuota, keys } = entry;
    const state = providerState(standing);
    return {
      provider,
      ...{ name, homepage, terms, hasVolume, hasActions },
      kinds: [...kinds],
      exchanges: exchanges && [...exchanges],
      timeframes: timeframesOfProvider(provider),
      liveTimeframe: entry.live,
      delaySeconds: entry.delayMs === null ? null : delayOf(provider, exchanges?.[0] ?? '24/7') / SECOND,
      hasQuotes: entry.quotes !== 'none',
      symbolsPerRequest: entry.many?.symbols ?? 1,
      keys: [...keys],
      state,
      off: state === 'off' ? blockedReason : null,
      blocked:
        blockedUntil && state !== 'off'
          ? { until: blockedUntil.toISOString(), type: blockedType, reason: blockedReason }
          : null,
      outage: outageSince && { since: outageSince.toISOString(), symptom: outageSymptom ?? 'unknown' },
      failures,
      inFlight,
      requestsPerSecond: this.deps.rates[provider],
      live: liveOf(provider, assets, this.deps.rates[provider]),
      quota: {
        used: standing.quotaUsed,
        limit: monthlyQuota,
        from: standing.quotaFrom.toISOString(),
        until: standing.quotaUntil.toISOString(),
        spacing: spacingIn(standing),
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

function spacingIn({ provider, quotaUsed: used, quotaUntil, at, assets }: ProviderStanding): string | null {
  const pipeline = quotaPipelineOf(provider);
  if (!pipeline) return null;
  const every = spacingOf(pipeline, { used, leftMs: quotaUntil.getTime() - at.getTime(), assets });
  return every === 1 ? null : spacingInWords(pipeline, { used }, every);
}

function liveOf(provider: ProviderId, assets: number, requestsPerSecond: number): ProviderBody['live'] {
  const intervalMs = PIPELINES[livePipelineOf(provider)].gridMs;
  const { roundMs, withinMs, keepsUp } = liveFreshness(requestsOfRound(provider, assets), {
    requestsPerSecond,
    intervalMs,
  });
  return {
    assets,
    intervalSeconds: intervalMs / SECOND,
    roundSeconds: roundMs / SECOND,
    withinSeconds: withinMs / SECOND,
    keepsUp,
  };
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
