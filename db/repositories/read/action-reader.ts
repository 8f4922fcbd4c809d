import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** A split; instants are epoch ms, wall clock. */
export interface SplitRow {
  kind: 'split';
  /** Ex-date, YYYY-MM-DD. */
  session: string;
  /** `numerator` new shares for `denominator` old ones. */
  numerator: number;
  denominator: number;
  /** Payloads fetched from then on are at the new price level; null if none is yet. */
  levelSince: number | null;
  /** When the stored bars and the dividend amounts were rescaled to the new level; null = not yet. */
  appliedAt: number | null;
}

export interface DividendRow {
  kind: 'dividend';
  session: string;
  /** Per share, in the asset's currency: dividends in another one are not read. */
  amount: number;
  /** Of the payload that had the amount. */
  fetchedAt: number;
  /** The last close of the reference timeframe before the ex-date; null if none is stored. */
  closeBefore: number | null;
}

/** An asset, and the timeframe whose last bar before a trading date holds the previous close. */
export interface ReferencedAsset {
  assetId: number;
  reference: StoredTimeframe;
}

/** Reads the splits and dividends by which prices are adjusted on read. */
export class ActionReader {
  constructor(private readonly db: Queryable) {}

  /**
   * Actions of an asset with an ex-date after a trading date, ascending.
   * @param asOf returns the actions known, and the closes stored, at this instant (wall clock, epoch ms); null = now
   */
  async after(
    { assetId, reference }: ReferencedAsset,
    session: string,
    asOf: number | null,
  ): Promise<(SplitRow | DividendRow)[]> {
    const { rows } = await this.db.query<SplitRow | DividendRow>({
      name: 'actions-after',
      text: ACTIONS_AFTER,
      values: [assetId, session, asOf === null ? 'infinity' : new Date(asOf), reference],
    });
    return rows;
  }

  /**
   * Identifies the price level of an asset's adjusted bars: it changes in the transaction that rescales them after a split
   * and, with dividends, whenever one is added, changed or withdrawn.
   */
  async priceLevel(assetId: number, withDividends: boolean): Promise<string> {
    const { rows } = await this.db.query<{ level: string | null }>({
      name: 'actions-price-level',
      text: PRICE_LEVEL,
      values: [assetId, withDividends],
    });
    return rows[0]?.level ?? '';
  }

  /** Dividends in another currency than the prices, which adjusted prices leave out, ascending. */
  async otherCurrency(
    assetId: number,
    asOf: number | null,
  ): Promise<{ session: string; amount: number; currency: string }[]> {
    const { rows } = await this.db.query<{ session: string; amount: number; currency: string }>({
      name: 'actions-other-currency',
      text: `select session::text, amount, currency from corporate_actions
        where asset_id = $1 and kind = 'dividend' and currency is not null and first_seen_at <= $2
          and coalesce(in_force_at, '-infinity') <= least($2, now()) order by session`,
      values: [assetId, asOf === null ? 'infinity' : new Date(asOf)],
    });
    return rows;
  }
}

/** $3 the instant; bar-history.ts says which version of a bar is visible then. */
const CLOSE_BEFORE = `
  select close from (
    (select time, close from bars
     where asset_id = $1 and timeframe = $4 and time < a.session::timestamp at time zone 'UTC' and recorded_at <= $3
     order by time desc limit 1)
    union all
    (select time, close from bar_revisions r
     where asset_id = $1 and timeframe = $4 and time < a.session::timestamp at time zone 'UTC' and recorded_at <= $3
       and exists (select 1 from bars b
         where b.asset_id = $1 and b.timeframe = $4 and b.time = r.time and b.recorded_at > $3)
     order by time desc, recorded_at desc limit 1)
  ) visible order by time desc limit 1`;

const PRICE_LEVEL = `
  select left(md5(string_agg(
    concat_ws('/', kind, session, amount, numerator, denominator, applied_at), ',' order by session, kind)), 12) as level
  from corporate_actions
  where asset_id = $1 and (
    (kind = 'split' and applied_at is not null)
    or ($2 and same_as is null and refuted_at is null and coalesce(in_force_at, '-infinity') <= now()))`;

const ACTIONS_AFTER = `
  select a.kind, a.session::text as session, a.amount, a.numerator, a.denominator, ${epochMs('a.level_since')} as "levelSince",
    ${epochMs('a.applied_at')} as "appliedAt", ${epochMs('source.at')} as "fetchedAt", before.close as "closeBefore"
  from corporate_actions a
  cross join lateral (
    select coalesce((select p.fetched_at from raw_payloads p where p.id = a.payload_id), a.first_seen_at) as at) source
  left join lateral (${CLOSE_BEFORE}) before on a.kind = 'dividend'
  where a.asset_id = $1 and a.session > $2 and a.first_seen_at <= $3 and a.same_as is null and a.refuted_at is null
    and a.currency is null
    and coalesce(a.in_force_at, '-infinity') <= least($3, now())
  order by a.session, a.kind`;
