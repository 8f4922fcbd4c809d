import type { ProviderId } from '../../../config/catalog/providers.js';
import type { SearchLimits } from '../../../config/rates.js';
import type { Queryable } from '../../client.js';
import { NO_WAIT } from './provider-gate.js';

/** Whether a search may be sent; if not, which limit is reached, and for how long, ms. */
export type SearchDecision = { ok: true } | { ok: false; limit: keyof SearchLimits; waitMs: number };

const MONTH = `date_trunc('month', now() at time zone 'utc') at time zone 'utc'`;
/** Of the last minute, also by a transaction that began a little later; what lies further ahead is from before the server's clock was set back. */
const OF_MINUTE = `t > now() - interval '1 minute' and t < now() + interval '1 minute'`;

/** Counts a search against the share of the provider's limits that searches may use, unless it is used up. */
export async function takeSearch(
  db: Queryable,
  provider: ProviderId,
  { perMinute, perMonth }: SearchLimits,
): Promise<SearchDecision> {
  const { rowCount } = await db.query(
    `update provider_state s set searches = array(
        select t from unnest(s.searches) t where (${OF_MINUTE}) or ($3::int is not null and t >= ${MONTH}) order by t) || now()
      where provider = $1
        and (select count(*) from unnest(s.searches) t where ${OF_MINUTE}) < $2
        and ($3::int is null or (select count(*) from unnest(s.searches) t where t >= ${MONTH}) < $3)
      returning ${NO_WAIT}`,
    [provider, perMinute, perMonth],
  );
  if (rowCount) return { ok: true };
  const { rows } = await db.query<{ isMonth: boolean; month: number; minute: number }>(
    `select $2::int is not null and (select count(*) from unnest(s.searches) t where t >= ${MONTH}) >= $2 as "isMonth",
        extract(epoch from (${MONTH}) + interval '1 month' - now())::float8 * 1000 as month,
        greatest(0, extract(epoch from min(t) + interval '1 minute' - now())::float8 * 1000) as minute
      from provider_state s left join lateral (
        select t from unnest(s.searches) t order by t desc limit $3) newest on true
      where provider = $1 group by s.provider, s.searches`,
    [provider, perMonth, perMinute],
  );
  const { isMonth, month, minute } = rows[0]!;
  return { ok: false, limit: isMonth ? 'perMonth' : 'perMinute', waitMs: isMonth ? month : minute };
}

/** Counts a search no longer: it was not sent. Which one does not matter, so that it is the newest. */
export async function returnSearch(db: Queryable, provider: ProviderId): Promise<void> {
  await db.query(
    `update provider_state s set searches = s.searches[:cardinality(s.searches) - 1] where provider = $1 returning ${NO_WAIT}`,
    [provider],
  );
}
