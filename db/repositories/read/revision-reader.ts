import type { ProviderId } from '../../../config/catalog/providers.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/** Prices and volume of one version of a bar. */
export interface VersionValues {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

/** A version of a bar that was replaced. */
export interface ReplacedVersion {
  id: number;
  symbol: string;
  /** Of the source. */
  provider: ProviderId;
  timeframe: StoredTimeframe;
  time: Date;
  before: VersionValues;
  /** What replaced it; null if no version of the bar is left. */
  after: VersionValues | null;
  payloadId: number;
  recordedAt: Date;
  replacedAt: Date;
  replacedByPayload: number;
}

export interface RevisionFilter {
  /** Of the sources of an asset. */
  assetIds?: readonly number[] | undefined;
  timeframe?: StoredTimeframe | undefined;
  /** Only those with a lower id: those after the previous page. */
  before?: number | undefined;
  limit: number;
}

/** node-postgres returns bigint as text. */
type Stored = Omit<ReplacedVersion, 'id' | 'payloadId' | 'replacedByPayload'> &
  Record<'id' | 'payloadId' | 'replacedByPayload', string>;

const VALUES = `'open', open, 'high', high, 'low', low, 'close', close, 'volume', volume`;

/** A version was replaced by the next revision, or else by the stored bar. This is looked up only for the rows of the page. */
const PAGE = `
  select r.id, a.symbol, a.provider, r.timeframe, r.time, json_build_object(${VALUES}) as before,
    coalesce(
      (select json_build_object(${VALUES}) from bar_revisions n
       where n.asset_id = r.asset_id and n.timeframe = r.timeframe and n.time = r.time and (n.replaced_at, n.id) > (r.replaced_at, r.id)
       order by n.replaced_at, n.id limit 1),
      (select json_build_object(${VALUES}) from bars b
       where b.asset_id = r.asset_id and b.timeframe = r.timeframe and b.time = r.time)) as after,
    r.payload_id as "payloadId", r.recorded_at as "recordedAt", r.replaced_at as "replacedAt",
    r.replaced_by_payload as "replacedByPayload"
  from (
    select * from bar_revisions
    where ($1::int[] is null or asset_id = any($1)) and ($2::timeframe is null or timeframe = $2) and ($3::bigint is null or id < $3)
    order by id desc limit $4) r
  join assets a on a.id = r.asset_id and asset_problem(a) is null
  order by r.id desc`;

/** Versions of bars that a provider corrected. */
export class RevisionReader {
  constructor(private readonly db: Queryable) {}

  /** Newest first. */
  async page({ assetIds, timeframe, before, limit }: RevisionFilter): Promise<ReplacedVersion[]> {
    const { rows } = await this.db.query<Stored>(PAGE, [assetIds, timeframe, before, limit]);
    return rows.map((row) => ({
      ...row,
      id: Number(row.id),
      payloadId: Number(row.payloadId),
      replacedByPayload: Number(row.replacedByPayload),
    }));
  }
}
