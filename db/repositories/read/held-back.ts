import { ADJUST_AGAIN_AFTER_MS } from '../../../config/catalog/adjust-again-after.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { HeldBack } from '../../../domain/adjustment/held-back.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { IS_REQUESTED } from './active-assets.js';

export interface HeldBackAsset extends HeldBack {
  assetId: number;
  symbol: string;
  /** Of the source. */
  provider: ProviderId;
  /** Of a further source: its asset. */
  sourceOf: number | null;
}

/**
 * The tracked assets whose payloads are held back, by symbol and then source: until a split in force is applied or refuted, one row each, or
 * because the newest payload of a series came at another price level.
 * @param now wall clock, epoch ms
 */
export async function readHeldBack(db: Queryable, now: number): Promise<HeldBackAsset[]> {
  const { rows } = await db.query<HeldBackAsset>({
    name: 'held-back',
    text: `
      with held as (
        select s.asset_id, s.session, c.numerator, c.denominator, (
          select min(b.fetched_at) from batches b
          where b.asset_id = s.asset_id and b.state = 'held' and b.fetched_at >= s.in_force_at) as since
        from splits s join corporate_actions c on (c.asset_id, c.kind, c.session) = (s.asset_id, 'split', s.session)
        where s.is_due
        union all
        select newest.asset_id, null, null, null, min((
          select min(b.fetched_at) from batches b
          where b.asset_id = newest.asset_id and b.timeframe = newest.timeframe and b.state = 'shifted'
            and b.fetched_at > coalesce((
              select max(o.fetched_at) from batches o
              where o.asset_id = b.asset_id and o.timeframe = b.timeframe and o.state = 'loaded'), '-infinity')))
        from (select distinct on (asset_id, timeframe) asset_id, timeframe, state from series s cross join lateral (
          select b.state from batches b where b.asset_id = s.asset_id and b.timeframe = s.timeframe
          order by b.fetched_at desc limit 1) b) newest
        where newest.state = 'shifted' and not exists (
          select 1 from splits s where s.asset_id = newest.asset_id and s.is_due)
        group by newest.asset_id)
      select a.id as "assetId", a.symbol, a.provider, a.source_of as "sourceOf", ${epochMs('held.since')} as since,
        case when held.session is not null then json_build_object(
          'session', held.session, 'numerator', held.numerator, 'denominator', held.denominator) end as split,
        nullif(greatest($1, (
          select ${epochMs('max(r.started_at)')} + $2 from pipeline_runs r
          where r.workflow_id = 'adjust_splits-' || a.symbol || case when a.source_of is null then '' else '-' || a.provider::text end and r.status in ('running', 'partial', 'failed'))), $1) as "nextTryAt"
      from held join assets a on a.id = held.asset_id
      where ${IS_REQUESTED} and held.since is not null
      order by a.symbol, a.rank, held.session`,
    values: [now, ADJUST_AGAIN_AFTER_MS],
  });
  return rows;
}
