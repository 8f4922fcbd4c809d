import type { AssetKind } from '../../../config/catalog/asset-kinds.js';
import { catalogOf } from '../../../config/catalog/kinds-of-providers.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { SourceStanding } from '../../../domain/source-outage.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { isBlocked, OFF } from '../provider/provider-gate.js';

/** A source that is served, and how requests to it stand. */
export interface StandingSource extends SourceStanding {
  provider: ProviderId;
  kind: AssetKind;
}

/** An asset of which a source is not requested. */
export interface AssetStanding {
  symbol: string;
  /** Those that are served, by rank. */
  sources: StandingSource[];
}

type StandingRow = Omit<StandingSource, 'name' | 'timeframes'> & { assetId: number; symbol: string };

/** The failure type of a provider that refuses requests for coming too often (contracts/failures.ts). */
const RATE_LIMITED = 'RateLimited';

/**
 * The tracked assets of which a served source is not requested now, with all that are served.
 * @param provider of the source that is not requested; undefined = any
 * @returns by asset id, in their order
 */
export async function readAssetsInOutage(db: Queryable, provider?: ProviderId): Promise<Map<number, AssetStanding>> {
  const { rows } = await db.query<StandingRow>({
    name: 'assets-in-outage',
    text: `select a.id as "assetId", a.symbol, s.provider, s.kind, not s.active or s.paused_because is not null as "isPaused",
        case when p.blocked_type = $2 then p.blocked_reason end as off,
        case when ${isBlocked('p')} and p.blocked_type is distinct from $2 then ${epochMs('p.blocked_until')} end as "blockedUntil",
        p.blocked_type is not distinct from $3 as "isRefused", ${epochMs('p.outage_since')} as "outageSince"
      from assets a
      join assets s on coalesce(s.source_of, s.id) = a.id and s.role = 'serve'
      left join provider_state p on p.provider = s.provider
      where a.active and a.id in (
        select coalesce(o.source_of, o.id) from assets o left join provider_state f on f.provider = o.provider
        where o.role = 'serve' and (${isBlocked('f')} or f.outage_since is not null or o.paused_because is not null)
          and ($1::provider is null or o.provider = $1))
      order by a.id, s.rank`,
    values: [provider ?? null, OFF, RATE_LIMITED],
  });
  const standings = new Map<number, AssetStanding>();
  for (const { assetId, symbol, ...source } of rows) {
    const standing = standings.get(assetId) ?? { symbol, sources: [] };
    standings.set(assetId, standing);
    const { name, served } = catalogOf(source);
    standing.sources.push({ ...source, name, timeframes: Object.keys(served) });
  }
  return standings;
}
