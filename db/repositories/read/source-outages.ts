import { type ProviderId, PROVIDERS } from '../../../config/catalog/providers.js';
import { sourceOutage, type SourceStanding } from '../../../domain/source-outage.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { isBlocked, OFF } from '../provider/provider-gate.js';

type StandingRow = Omit<SourceStanding, 'name'> & { assetId: number; symbol: string; provider: ProviderId };

/** Of one asset. */
export interface SourceOutage {
  symbol: string;
  /** It has no other source. */
  isAlone: boolean;
  words: string;
}

/** The failure type of a provider that refuses requests for coming too often (contracts/failures.ts). */
const RATE_LIMITED = 'RateLimited';

/**
 * The tracked assets whose first source is not requested now, each with the reason, and what stands in, in words.
 * @param provider of the first source; undefined = any
 * @returns by asset id, in their order
 */
export async function readSourceOutages(db: Queryable, provider?: ProviderId): Promise<Map<number, SourceOutage>> {
  const { rows } = await db.query<StandingRow>({
    name: 'source-outages',
    text: `select a.id as "assetId", a.symbol, s.provider, not s.active or s.paused_because is not null as "isPaused",
        case when p.blocked_type = $2 then p.blocked_reason end as off,
        case when ${isBlocked('p')} and p.blocked_type is distinct from $2 then ${epochMs('p.blocked_until')} end as "blockedUntil",
        p.blocked_type is not distinct from $3 as "isRefused", ${epochMs('p.outage_since')} as "outageSince"
      from provider_state f
      join assets o on o.provider = f.provider and o.rank = 1
      join assets a on a.id = coalesce(o.source_of, o.id) and a.active
      join assets s on coalesce(s.source_of, s.id) = a.id and s.role = 'serve'
      left join provider_state p on p.provider = s.provider
      where (${isBlocked('f')} or f.outage_since is not null) and ($1::provider is null or f.provider = $1)
      order by a.id, s.rank`,
    values: [provider ?? null, OFF, RATE_LIMITED],
  });
  return new Map(
    [...Map.groupBy(rows, ({ assetId }) => assetId)].flatMap(([assetId, sources]) => {
      const { symbol } = sources[0]!;
      const words = sourceOutage(
        symbol,
        sources.map((source) => ({ ...source, name: PROVIDERS[source.provider].name })),
      );
      return words === null ? [] : [[assetId, { symbol, isAlone: sources.length === 1, words }] as const];
    }),
  );
}
