import { asc } from 'drizzle-orm';
import { PROVIDER_IDS, timeframesOf } from '../../../config/catalog/providers.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Database } from '../../client.js';
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
  /** The first bar that the provider has ever returned; null while that is not known. */
  beginsAt: number | null;
}

/** What is tracked, and how far its bars reach. */
export class AssetReader {
  constructor(private readonly database: Database) {}

  /** All assets, by class and in the order in which they were added. */
  all(): Promise<AssetRow[]> {
    return this.database.db.select().from(assets).orderBy(asc(assets.id));
  }

  /** First and last bar of every series that has any: two probes of the primary key a series, however many bars. */
  async bounds(): Promise<SeriesBounds[]> {
    const pairs = PROVIDER_IDS.flatMap((id) => timeframesOf(id).map((timeframe) => [id, timeframe] as const));
    const { rows } = await this.database.pool.query<SeriesBounds>({
      name: 'asset-bounds',
      text: BOUNDS,
      values: [pairs.map(([id]) => id), pairs.map(([, timeframe]) => timeframe)],
    });
    return rows;
  }
}

const BOUNDS = `
  select a.id as "assetId", given.timeframe,
    ms(first.time) as "firstTime", first.session::text as "firstSession",
    ms(last.time) as "lastTime", last.session::text as "lastSession", ms(s.begins_at) as "beginsAt"
  from assets a
  join unnest($1::provider[], $2::timeframe[]) as given (provider, timeframe) on given.provider = a.provider
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time limit 1) first
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time desc limit 1) last
  left join series s on s.asset_id = a.id and s.timeframe = given.timeframe
  order by a.id, given.timeframe`.replace(/ms\(([a-z_.]+)\)/g, '(extract(epoch from $1) * 1000)::float8');
