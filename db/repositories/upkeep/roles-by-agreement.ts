import type { ProviderId } from '../../../config/catalog/providers.js';
import type { FindingKind } from '../../../domain/agreement/finding.js';
import type { Queryable } from '../../client.js';
import type { AssetRow } from '../read/asset-reader.js';

/** A source whose role does not follow from its newest comparison with the first source of its asset. */
export interface RoleDue {
  /** Of the asset. */
  assetId: number;
  provider: ProviderId;
  /** The role that follows. */
  role: AssetRow['role'];
  /** The rank that it had before it was taken out; null if it is taken out. */
  rank: number | null;
  /** Provider of the first source. */
  first: ProviderId;
  /** The session that was compared, YYYY-MM-DD. */
  session: string;
  /** What was found; null if nothing was. */
  finding: FindingKind | null;
}

/** How far the prices of one asset are apart at the most at two of its sources, a fraction: the median of a session. */
const SAME_PRICE = 0.01;

/**
 * The sources to be taken out of what is served, or back into it. What a person has decided stays: a source that a person
 * has set to serve is not taken out, and one that a person has set to check is not taken back. That nothing was found is not
 * enough to be taken back: prices that could be compared were about the same.
 * @param kinds the findings with which a source is not served, the gravest first
 */
export async function rolesDue(db: Queryable, kinds: readonly FindingKind[]): Promise<RoleDue[]> {
  const { rows } = await db.query<RoleDue>(
    `with compared as (
      select later.id, c.session, c.finding, first.provider as first,
        c.bars > 0 and abs((c.prices #>> '{close,median}')::float8) <= $2 as is_same,
        rank() over (partition by later.id order by c.session desc) as age
      from source_agreement c
      join assets first on first.id in (c.source_id, c.other_id) and first.rank = 1
      join assets later on later.id in (c.source_id, c.other_id) and later.id <> first.id
    ), newest as (
      select id, session, first, (array_agg(finding order by array_position($1, finding)) filter (where finding = any($1)))[1] as finding,
        bool_or(is_same) as is_same
      from compared where age = 1 group by 1, 2, 3
    )
    select asset.id as "assetId", later.provider, case when finding is null then 'serve' else 'check' end as role,
      case when finding is null then (last.details->>'rankBefore')::int end as rank,
      newest.first, newest.session::text as session, finding
    from newest join assets later using (id)
    join assets asset on asset.id = coalesce(later.source_of, later.id)
    left join lateral (
      select actor, details from audit_log
      where action = 'asset.source'
        and (subject = asset.symbol or subject in (select symbol from former_symbols where asset_id = asset.id))
        and details->>'provider' = later.provider::text and details ? 'role'
      order by at desc, id desc limit 1) last on true
    where case when finding is null then later.role = 'check' and last.actor = 'worker' and newest.is_same
      else later.role = 'serve' and (last.actor is null or last.actor = 'worker') end
    order by asset.id, later.rank`,
    [kinds, SAME_PRICE],
  );
  return rows;
}
