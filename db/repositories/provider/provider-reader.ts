import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';
import { IS_REQUESTED } from '../read/active-assets.js';
import { inFlight, isBlocked, isKeyRefused } from './provider-gate.js';

/** The state of a provider by PostgreSQL's clock. */
export interface ProviderStanding {
  provider: ProviderId;
  /** When this was read. */
  at: Date;
  /** Null if requests are allowed. */
  blockedUntil: Date | null;
  blockedReason: string | null;
  /** Failure type of what caused the block; null if there is no block, or it is from before blocks had a type. */
  blockedType: string | null;
  /** Failures since the last success, all of the same sort: the key was refused, or no request was answered. */
  failures: number;
  /** They are refusals of our key. */
  isKeyRefused: boolean;
  outageSince: Date | null;
  outageSymptom: string | null;
  /** Calls in this calendar month (UTC). */
  quotaUsed: number;
  /** First day of the month, and of the next one. */
  quotaFrom: Date;
  quotaUntil: Date;
  inFlight: number;
  /** Its active assets. */
  assets: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
}

/** Requests to one provider with one result, in one step of a period. */
export interface CallCount {
  provider: ProviderId;
  /** Kind of ProviderError; null if they succeeded. */
  error: string | null;
  /** 0 is the oldest step. */
  step: number;
  calls: number;
}

/** How long the successful requests to a provider took, ms. */
export interface CallTimes {
  provider: ProviderId;
  median: number;
  p95: number;
}

export interface CallFailure {
  provider: ProviderId;
  at: Date;
  error: string;
  status: number | null;
  message: string | null;
}

/** The state of the providers, and the results of recent requests to them. */
export class ProviderReader {
  constructor(private readonly db: Queryable) {}

  async standings(): Promise<ProviderStanding[]> {
    const { rows } = await this.db.query<ProviderStanding>(
      `select provider, now() as at, case when b.is_blocked then blocked_until end as "blockedUntil",
        case when b.is_blocked then blocked_reason end as "blockedReason",
        case when b.is_blocked then blocked_type end as "blockedType", failures, ${isKeyRefused('s')} as "isKeyRefused", outage_since as "outageSince",
        outage_symptom as "outageSymptom", case when quota_month = month::date then quota_used else 0 end as "quotaUsed",
        month at time zone 'utc' as "quotaFrom", (month + interval '1 month') at time zone 'utc' as "quotaUntil",
        ${inFlight('s')} as "inFlight",
        (select count(*)::int from assets a where a.provider = s.provider and ${IS_REQUESTED}) as assets,
        last_success_at as "lastSuccessAt", last_failure_at as "lastFailureAt"
      from provider_state s, date_trunc('month', now() at time zone 'utc') month, lateral (select ${isBlocked('s')}) b(is_blocked)
      order by provider`,
    );
    return rows;
  }

  /** Requests of the last `steps` × `stepSeconds` seconds. */
  async counts(stepSeconds: number, steps: number): Promise<CallCount[]> {
    const { rows } = await this.db.query<CallCount>(
      `select provider, error, step, count(*)::int as calls
      from provider_calls,
        lateral (select $2 - 1 - floor(extract(epoch from now() - started_at) / $1)::int as step) s
      where started_at > now() - $1 * $2 * interval '1 second' and started_at <= now()
      group by provider, error, step`,
      [stepSeconds, steps],
    );
    return rows;
  }

  async times(seconds: number): Promise<CallTimes[]> {
    const { rows } = await this.db.query<CallTimes>(
      `select provider, percentile_disc(0.5) within group (order by duration_ms) as median,
        percentile_disc(0.95) within group (order by duration_ms) as p95
      from provider_calls where started_at > now() - $1 * interval '1 second' and error is null group by provider`,
      [seconds],
    );
    return rows;
  }

  /** The newest failure of each provider that had one. */
  async failures(seconds: number): Promise<CallFailure[]> {
    const { rows } = await this.db.query<CallFailure>(
      `select distinct on (provider) provider, started_at as at, error, status, message
      from provider_calls where started_at > now() - $1 * interval '1 second' and error is not null
      order by provider, started_at desc, id desc`,
      [seconds],
    );
    return rows;
  }
}
