import type pg from 'pg';
import { isAsked, type ProviderId } from '../../../config/catalog/providers.js';
import { exDatesOf } from '../../../domain/adjustment/split-identity.js';

/**
 * Two payloads that tell of one split under two dates must see each other's rows, also those of two sources of an asset.
 * @returns the other sources of the asset whose bars are requested
 */
export async function lockSplits(tx: pg.PoolClient, assetId: number): Promise<number[]> {
  const { rows } = await tx.query<{ id: number; provider: ProviderId }>(
    `select id, provider from assets
      where coalesce(source_of, id) = (select coalesce(source_of, id) from assets where id = $1) order by id for no key update`,
    [assetId],
  );
  return rows.flatMap(({ id, provider }) => (id !== assetId && isAsked(provider) ? [id] : []));
}

/**
 * Marks the splits of an asset that were announced under several dates. The last date counts, and inherits what is known:
 * but not that nothing was stored from before an earlier date, which says nothing about the bars before the last one.
 */
export async function markSameSplits(tx: pg.PoolClient, assetId: number): Promise<void> {
  const { rows } = await tx.query<{ session: string; numerator: number; denominator: number }>(
    `select session::text, numerator, denominator from corporate_actions where asset_id = $1 and kind = 'split'`,
    [assetId],
  );
  const exDates = exDatesOf(rows);
  if (rows.every(({ session }, i) => exDates[i] === session)) return;
  await tx.query(
    `with told as (select * from unnest($2::date[], $3::date[]) t(session, ex_date)),
    marked as (
      update corporate_actions c set same_as = nullif(t.ex_date, t.session)
      from told t where c.asset_id = $1 and c.kind = 'split' and c.session = t.session and t.ex_date <> t.session
        and c.same_as is distinct from t.ex_date)
    update corporate_actions c set level_since = e.level_since, mixed_at = e.mixed_at, applied_at = e.applied_at
    from told t join corporate_actions e on e.asset_id = $1 and e.kind = 'split' and e.session = t.session
    where c.asset_id = $1 and c.kind = 'split' and c.session = t.ex_date and t.session <> t.ex_date
      and c.applied_at is null and e.applied_at is not null
      and (e.level_since is null
        or exists (select 1 from bars b where b.asset_id = $1 and b.fetched_at < e.level_since)
        or exists (select 1 from bar_revisions r where r.asset_id = $1 and r.fetched_at < e.level_since))`,
    [assetId, rows.map(({ session }) => session), exDates],
  );
}
