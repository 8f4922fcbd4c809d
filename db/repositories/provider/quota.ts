import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';

/** What has been used of a provider's month (UTC), and how much of it is left, ms. */
export async function readQuota(db: Queryable, provider: ProviderId): Promise<{ used: number; leftMs: number }> {
  const { rows } = await db.query<{ used: number; leftMs: number }>(
    `select coalesce((select quota_used from provider_state where provider = $1 and quota_month = month::date), 0) as used,
      (extract(epoch from (month + interval '1 month') at time zone 'utc' - now()) * 1000)::float8 as "leftMs"
    from date_trunc('month', now() at time zone 'utc') month`,
    [provider],
  );
  return rows[0]!;
}
