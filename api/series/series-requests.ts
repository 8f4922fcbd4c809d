import { Inject, Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import { seriesBehind } from '../../config/catalog/series-behind.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { reachesOver, type RangeContext } from '../../domain/series/range.js';
import { defaultTimeframe, servedTimeframes } from '../../domain/series/timeframes.js';
import { windowOf, type SeriesWindow } from '../../domain/series/window.js';
import { SECOND, type Timeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidQuery } from '../http/problem.js';
import { BarDeriver } from './derived-bars.js';
import { continuationOf, type Resource } from './page-cursor.js';
import type { SeriesQuery } from './series-query.schema.js';
import { offeredBy, specOf, type SeriesSpec } from './series-spec.js';

/** After this time everything that a load recorded before an instant is visible. */
const MIN_AS_OF_AGE_MS = 60 * SECOND;

/** A request, with the price level of its first page; null if that cannot change or is not known yet. */
export interface LevelledSpec extends SeriesSpec {
  level: string | null;
  /** The one source that was requested. */
  source: string | undefined;
}

/** Reads what a request means: of which sources, and which window. */
@Injectable()
export class SeriesRequests {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
    private readonly snapshots: BarSnapshots,
  ) {}

  /** @throws Problem 404 for an unknown symbol, 400 for parameters that contradict each other or do not fit the asset */
  async resolve(resource: Resource, assetClass: AssetClass, symbol: string, query: SeriesQuery): Promise<LevelledSpec> {
    const asset = await this.assets.find(assetClass, symbol);
    const later = query.cursor === undefined ? null : continuationOf(resource, query.cursor, asset.symbol, query);
    const source = later ? later.source : query.source;
    const sources = await this.assets.requestedSources(asset, source);
    this.assertConsistent(asset, sources, query);
    const window = later?.window ?? (await this.firstWindow(asset, sources, query));
    if (window.asOf !== null) this.assertPast(window.asOf);
    if (!(window.timeframe in offeredBy(sources).served))
      throw invalidQuery('cursor', 'does not belong to this series');
    const bounds = await this.boundsOf(sources, window.timeframe);
    const spec = specOf(asset, sources, window, bounds, this.marketAt(window.asOf));
    return { ...spec, level: later?.level ?? null, source };
  }

  /** The market clock, at an instant of the wall clock or now. */
  private marketAt(asOf: number | null | undefined): number {
    return asOf == null ? marketNow(this.deps) : asOf + this.deps.clockOffsetMs;
  }

  private async firstWindow(asset: AssetRow, sources: AssetRow[], query: SeriesQuery): Promise<SeriesWindow> {
    const calendar = calendarOf(asset.exchange);
    const now = this.marketAt(query.asOf);
    const timeframe =
      query.timeframe ?? (await this.defaultTimeframe(sources, query, { calendar, now, lastSession: null }));
    const bounds = await this.boundsOf(sources, timeframe);
    const context = { calendar, now, lastSession: bounds?.lastSession ?? null };
    if (query.asOf !== undefined && (query.range === '1d' || query.range === '5d')) {
      const window = windowOf({ ...query, range: undefined }, timeframe, context);
      context.lastSession = await this.lastSessionAsOf(specOf(asset, sources, window, bounds, now));
    }
    const { from, to, ...window } = windowOf(query, timeframe, context);
    if (from !== null && to !== null && from >= to) {
      throw invalidQuery('end', `must be on a later date than start, as ${timeframe} bars are labelled with dates`);
    }
    return { from, to, ...window };
  }

  private async defaultTimeframe(
    sources: AssetRow[],
    { range }: SeriesQuery,
    context: RangeContext,
  ): Promise<Timeframe> {
    const provider = catalogOf(sources[0]!);
    const finer = range && provider.finerDefaults[range];
    if (!finer) return defaultTimeframe(provider, range, false);
    const bounds = await this.boundsOf(sources, finer);
    return defaultTimeframe(provider, range, reachesOver(range, finer, bounds?.firstSession ?? null, context));
  }

  /** Of the stored series behind a timeframe. */
  private async boundsOf(sources: AssetRow[], timeframe: Timeframe) {
    return this.assets.boundsOfAll(seriesBehind(sources, timeframe));
  }

  private async lastSessionAsOf(spec: SeriesSpec): Promise<string | null> {
    const stored = { ...spec, aggregation: null };
    const { sessions } = await this.snapshots.read((snapshot) =>
      new BarDeriver(stored, snapshot).bars({ from: null, to: null, newest: true, limit: 1 }),
    );
    return sessions[0] ?? null;
  }

  /** @throws Problem 400 */
  private assertConsistent(
    { symbol }: AssetRow,
    sources: AssetRow[],
    { start, end, range, timeframe, asOf, source }: SeriesQuery,
  ): void {
    const served = servedTimeframes(offeredBy(sources));
    if (timeframe && !served.includes(timeframe)) {
      const from = source === undefined ? '' : ` from ${source}`;
      throw invalidQuery('timeframe', `not available for ${symbol}${from}; there are ${served.join(', ')}`);
    }
    if (range && (start !== undefined || end !== undefined)) {
      throw invalidQuery('range', 'cannot be combined with start or end');
    }
    if (start !== undefined && end !== undefined && start >= end) throw invalidQuery('end', 'must be after start');
    if (asOf !== undefined) this.assertPast(asOf);
  }

  /** @throws Problem 400 */
  private assertPast(asOf: number): void {
    if (this.deps.wallNow() - asOf < MIN_AS_OF_AGE_MS) {
      throw invalidQuery('asOf', 'must be at least 60 seconds ago by the wall clock');
    }
  }
}
