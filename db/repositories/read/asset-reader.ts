import { SERIES_OF_KINDS } from '../../../config/catalog/kinds-of-providers.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs, wholeRow } from '../../columns.js';
import { assets } from '../../schema/index.js';
import { type AssetProblem, assetProblems } from './active-assets.js';
import { type AssetStanding, readAssetsInOutage } from './source-outages.js';

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

  /** All assets whose rows are sound, in the order in which they were added; without their further sources. */
  async all(): Promise<AssetRow[]> {
    return (await this.db.query<AssetRow>(ALL)).rows;
  }

  /** The further sources of all assets, in the order of their ranks. */
  async furtherSources(): Promise<AssetRow[]> {
    return (await this.db.query<AssetRow>(FURTHER_SOURCES)).rows;
  }

  /** Tracked assets whose rows are not sound, and why. */
  async problems(): Promise<AssetProblem[]> {
    return assetProblems(this.db);
  }

  /** The tracked assets of which a served source is not requested now, by id. */
  async inOutage(): Promise<Map<number, AssetStanding>> {
    return readAssetsInOutage(this.db);
  }

  /** The ids of renamed assets, by each symbol that they had before, in upper case. */
  async formerSymbols(): Promise<Map<string, number>> {
    const { rows } = await this.db.query<{ symbol: string; id: number }>(
      'select upper(symbol) as symbol, asset_id as id from former_symbols order by renamed_at',
    );
    return new Map(rows.map(({ symbol, id }) => [symbol, id]));
  }

  /** First and last bar of every series that has any: two index lookups per series, however many bars it has. */
  async bounds(): Promise<SeriesBounds[]> {
    const { rows } = await this.db.query<SeriesBounds>({
      name: 'asset-bounds',
      text: BOUNDS,
      values: [
        SERIES_OF_KINDS.map(({ provider }) => provider),
        SERIES_OF_KINDS.map(({ kind }) => kind),
        SERIES_OF_KINDS.map(({ timeframe }) => timeframe),
      ],
    });
    return rows;
  }
}

const ALL = `select ${wholeRow(assets, 'a')} from assets a where source_of is null and asset_problem(a) is null order by a.id`;

const FURTHER_SOURCES = `select ${wholeRow(assets, 'a')} from assets a where source_of is not null and asset_problem(a) is null order by a.rank`;

const BOUNDS = `
  select a.id as "assetId", given.timeframe,
    ${epochMs('first.time')} as "firstTime", first.session::text as "firstSession",
    ${epochMs('last.time')} as "lastTime", last.session::text as "lastSession", ${epochMs('s.begins_at')} as "beginsAt"
  from assets a
  join unnest($1::provider[], $2::text[], $3::timeframe[]) as given (provider, kind, timeframe)
    on given.provider = a.provider and given.kind = a.kind and asset_problem(a) is null
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time limit 1) first
  cross join lateral (
    select time, session from bars where asset_id = a.id and timeframe = given.timeframe order by time desc limit 1) last
  left join series s on s.asset_id = a.id and s.timeframe = given.timeframe
  order by a.id, given.timeframe`;
