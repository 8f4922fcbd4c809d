import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';
import { IS_REQUESTED } from '../read/active-assets.js';

/** How often in a row a provider must refuse a symbol, and over how long: good symbols are refused now and then, too. */
const GONE_AFTER = { refusals: 5, minutes: 30 };

/** A source whose symbol its provider no longer has, with the evidence. */
export interface GoneAsset {
  id: number;
  symbol: string;
  /** The asset; `id` is that of the source. */
  assetId: number;
  providerSymbol: string;
  /** Requests that were refused since the last response with rows, or since the symbol was last decided on, within a day. */
  refusals: number;
  firstAt: Date;
  lastAt: Date;
  /** The provider's last answer. */
  message: string;
}

/**
 * Requested sources whose symbols their provider no longer knows: it has refused every request since the last response with
 * rows, often enough and for long enough, and has sent rows of another asset meanwhile, if it has another. What was refused
 * before the asset was resumed or renamed, or its source changed, says nothing of what is requested now.
 */
export async function goneAssets(db: Queryable, provider: ProviderId): Promise<GoneAsset[]> {
  const { rows } = await db.query<GoneAsset>({
    name: 'gone-assets',
    text: `select a.id, a.symbol, coalesce(a.source_of, a.id) as "assetId", a.provider_symbol as "providerSymbol", g.refusals, g.first as "firstAt", g.last as "lastAt", g.message
      from (select asset_id from pipeline_run_steps
          where error_type = 'UnknownSymbol' and started_at > now() - interval '1 day'
          group by asset_id having count(*) >= $2) suspects
      join assets a on a.id = suspects.asset_id and ${IS_REQUESTED} and a.provider = $1
      cross join lateral (
        select max(fetched_at) as at from raw_payloads where asset_id = a.id and rows > 0) answered
      cross join lateral (
        select greatest(
          (select max(at) from audit_log where subject = a.symbol and (action in ('asset.resume', 'asset.rename')
            or action = 'asset.source' and details ->> 'provider' = a.provider::text)),
          (select max(renamed_at) from former_symbols where asset_id = coalesce(a.source_of, a.id))) as at) decided
      cross join lateral (
        select count(*)::int as refusals, min(started_at) as first, max(started_at) as last,
          (array_agg(error_message order by started_at desc))[1] as message
        from pipeline_run_steps
        where asset_id = a.id and error_type = 'UnknownSymbol'
          and started_at > greatest(answered.at, decided.at, now() - interval '1 day')) g
      where g.refusals >= $2 and g.last - g.first >= $3 * interval '1 minute'
        and (not exists (select 1 from assets o where o.provider = $1 and o.active and o.id <> a.id)
          or exists (select 1 from assets o
            where o.provider = $1 and o.id <> a.id
              and exists (select 1 from raw_payloads where asset_id = o.id and rows > 0 and fetched_at > g.first)))
      order by a.id`,
    values: [provider, GONE_AFTER.refusals, GONE_AFTER.minutes],
  });
  return rows;
}
