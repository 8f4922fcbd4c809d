import { PROVIDER_IDS, timeframesOf } from '../../../config/catalog/providers.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs, wholeRow } from '../../columns.js';
import { assets } from '../../schema/index.js';

export type AssetRow = typeof assets.$inferSelect;

/** First and last bar of one series; a series without bars has no row. */
export interface SeriesBounds {
  assetId: number;
  timeframe: StoredTimeframe;
  /** Bar opens, epoch ms. */
  firstTime: number;
  lastTime: number;
  /** Trading date of the first and of the last bar. */
  firstSession: string;
  lastSession: string;
  /** The first bar that the provider has; null while that is not known. */
  beginsAt: number | null;
}

/** The assets, and the extent of their series. */
export class AssetReader {
  constructor(private readonly db: Queryable) {}

  /** All assets, in the order in which they were added. */
  async all(): Promise<AssetRow[]> {
    return (await this.db.query<AssetRow>(ALL)).rows;
  }

  /** First and last bar of every series that has any: two index lookups per series, however many bars it has. */
  async bounds(): Promise<SeriesBounds[]> {
    const pairs = PROVIDER_IDS.flatMap((id) => timeframesOf(id).map((timeframe) => [id, timeframe] as const));
    const { rows } = await this.db.query<SeriesBounds>({
      name: 'asset-bounds',
      text: BOUNDS,
      values: [pairs.map(([id]) => id), pairs.map(([, timeframe]) => timeframe)],
    });
    return rows;
  }
}

const ALL = `select ${wholeRow(assets, 'a')} from assets a order by a.id`;

const BOUNDS = `
  select a.id as "assetId", given.timeframe,
    ${epochMs('first.time')} as "firstTime", first.session::text as "firstSession",
    ${epochMs('last.time')} as "lastTime", last.session::text as "lastSession", ${epochMs('s.begins_at')} as "beginsAt"
  from assets a
  join unnest($1::provider[], $2::timeframe[]) as given (provider, timeframe) on given.provider = a.provider
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time limit 1) first
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time desc limit 1) last
  left join series s on s.asset_id = a.id and s.timeframe = given.timeframe
  order by a.id, given.timeframe`;
