import type { AssetClass, AssetKind } from '../../../config/catalog/asset-kinds.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { Queryable } from '../../client.js';
import { OFF } from '../provider/provider-gate.js';

/** An asset as the pipelines need it. */
export interface Asset {
  id: number;
  symbol: string;
  kind: AssetKind;
  assetClass: AssetClass;
  provider: ProviderId;
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
  /** The asset that it is a further source of; null if it is an asset itself. */
  sourceOf: number | null;
  /** The providers of the served sources of its asset that come before it. */
  earlier: ProviderId[];
  role: 'serve' | 'check';
}

/** An asset that no run can work with. */
export interface AssetProblem {
  assetId: number;
  symbol: string;
  /** In words, with what is allowed. */
  problem: string;
}

/** Which assets: of one provider, with some symbols, with some ids. Default: all. */
export interface AssetFilter {
  provider?: ProviderId | undefined;
  symbols?: string[] | undefined;
  ids?: readonly number[] | undefined;
}

/** The columns of an Asset, of the row `a`. */
export const ASSET_COLUMNS = `a.id, a.symbol, a.kind, a.asset_class as "assetClass", a.provider, a.provider_symbol as "providerSymbol", a.exchange,
  a.currency, a.source_of as "sourceOf", a.role, array(
    select e.provider::text from assets e
    where coalesce(e.source_of, e.id) = coalesce(a.source_of, a.id) and e.rank < a.rank and e.role = 'serve' order by e.rank) as earlier`;

/** Whether the row `a` of the table assets is requested: its asset is active, and it is not paused alone. */
export const IS_REQUESTED = 'a.active and a.paused_because is null';

/** The requested sources of active assets that can be loaded, in the order of their ids; without those of a provider that is off. */
export async function activeAssets(db: Queryable, only: AssetFilter = {}): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(
    `select ${ASSET_COLUMNS} from assets a
      where ${IS_REQUESTED} and asset_problem(a) is null
        and (source_of is null or (select m.active from assets m where m.id = a.source_of))
        and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
        and ($3::int[] is null or id = any($3))
        and not exists (select 1 from provider_state s where s.provider = a.provider and s.blocked_type = '${OFF}')
      order by id`,
    [only.provider ?? null, only.symbols ?? null, only.ids ?? null],
  );
  return rows;
}

/**
 * Why active assets cannot be loaded, in the order of their ids, at most 1,000. With symbols, also which of them are paused
 * or retired.
 */
export async function assetProblems(db: Queryable, only: Omit<AssetFilter, 'ids'> = {}): Promise<AssetProblem[]> {
  const { rows } = await db.query<AssetProblem>(
    `select id as "assetId", symbol, problem
      from assets a cross join lateral (select case
        when active then asset_problem(a)
        when source_of is null and $2::text[] is not null
          then symbol || case when retired then ' is retired' else ' is paused' end || coalesce(': ' || inactive_because, '')
        end as problem) why
      where problem is not null
        and ($1::text is null or provider = $1::provider) and ($2::text[] is null or symbol = any($2))
      order by id limit 1000`,
    [only.provider ?? null, only.symbols ?? null],
  );
  return rows;
}
