import { Inject, Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-classes.js';
import { PROVIDERS } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { readUnknownOpens } from '../../db/repositories/read/unknown-opens.js';
import type { PriceColumns } from '../../domain/bar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { ChosenIndicator } from '../../domain/indicators/chosen-indicators.js';
import { gapReason, slotsOfWindow, type GapReason } from '../../domain/series/gap-reason.js';
import { reachesOver, type RangeContext } from '../../domain/series/range.js';
import { baseOf, defaultTimeframe } from '../../domain/series/timeframes.js';
import { windowOf, type SeriesWindow } from '../../domain/series/window.js';
import { SECOND, type Timeframe } from '../../domain/timeframe.js';
import { headOf } from '../assets/asset-head.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidQuery } from '../http/problem.js';
import { TableResponse, type Row } from '../http/response.js';
import { isoSeconds } from '../http/time.js';
import { BarDeriver, type IncompleteBar, type Part } from './derived-bars.js';
import { deriveIndicators, type IndicatorTable } from './derived-indicators.js';
import { freshnessOf, type ReadCoverage } from './cacheability.js';
import { cursorOf, pageOf, requestKey, windowOfCursor, type Page, type Resource } from './page-cursor.js';
import type { IndicatorQuery, SeriesQuery } from './series-query.schema.js';
import { ResponseCache } from './response-cache.js';
import { isAsStored, specOf, storedSeriesOf, type SeriesSpec } from './series-spec.js';

/** After this time everything that a load recorded before an instant is visible. */
const MIN_AS_OF_AGE_MS = 60 * SECOND;

/** Columns that were read, and what the response says about them. */
interface ReadResult<T> {
  columns: T;
  incomplete: IncompleteBar[];
  cut: boolean;
}
type Columns<K extends string> = Record<K, (number | null)[]> & { time: number[] };

/** Bars and indicators of a series, a page at a time. */
@Injectable()
export class SeriesService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
    private readonly bars: BarReader,
    private readonly snapshots: BarSnapshots,
    private readonly responses: ResponseCache,
  ) {}

  async ohlcv(assetClass: AssetClass, symbol: string, query: SeriesQuery): Promise<TableResponse> {
    const spec = await this.spec('ohlcv', assetClass, symbol, query);
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
    return this.cached(spec, query, async () => {
      const response = await this.page('ohlcv', spec, query, columns, (part) => this.prices(spec, part));
      const unknown = await this.unknownOpens(spec, response.table.rows);
      if (unknown.length > 0) response.table.meta.unknownOpens = unknown;
      if (assetClass === 'stock') response.table.meta.adjustment = spec.window.adjustment;
      if (spec.window.adjustment === 'all') {
        const { asset, window } = spec;
        const others = await this.snapshots.read(({ actions }) => actions.otherCurrency(asset.id, window.asOf));
        if (others.length > 0) response.table.meta.dividendsLeftOut = others;
      }
      return response;
    });
  }

  async indicators(assetClass: AssetClass, symbol: string, query: IndicatorQuery): Promise<TableResponse> {
    const spec = await this.spec('indicators', assetClass, symbol, query);
    const chosen = query.include ?? [];
    const further = chosen.flatMap((choice) => Object.values(choice.columns));
    const columns = ['time', 'close', 'sma20', 'sma50', 'barReturn', 'dailyReturn', ...further];
    return this.page('indicators', spec, query, columns, (part) => this.indicatorsOf(spec, part, chosen));
  }

  /** The newest bars as stored depend only on the stored series, so their response is cached until that changes. */
  private async cached(
    spec: SeriesSpec,
    query: SeriesQuery,
    make: () => Promise<TableResponse>,
  ): Promise<TableResponse> {
    const { from, to, timeframe } = spec.window;
    if (from !== null || to !== null || !isAsStored(spec)) return make();
    const key = [spec.asset.symbol, timeframe, query.limit, query.format, requestKey(query)].join('|');
    return this.responses.get(storedSeriesOf(spec), key, make);
  }

  private async prices(spec: SeriesSpec, part: Part): Promise<ReadResult<PriceColumns>> {
    if (isAsStored(spec)) return asStored(await this.bars.prices({ ...part, ...storedSeriesOf(spec) }));
    const { bars, incomplete, cut } = await this.snapshots.read((snapshot) =>
      new BarDeriver(spec, snapshot).bars(part),
    );
    return { columns: bars, incomplete, cut };
  }

  /** Times of the rows whose open is a stand-in; an aggregate bar has the open of its first stored bar. */
  private async unknownOpens(spec: SeriesSpec, rows: readonly Row[]): Promise<string[]> {
    const times = rows.map(({ time }) => Date.parse(String(time))).sort((a, b) => a - b);
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return [];
    const part = { from: first, to: spec.aggregation ? null : last + 1 };
    const { asOf, descending } = spec.window;
    const unknown = await readUnknownOpens(this.deps.database.pool, storedSeriesOf(spec), part, asOf);
    const affected = unknown.flatMap(({ time, before }) => {
      const bar = times.findLast((opens) => opens <= time);
      return bar !== undefined && (before === null || before < bar) ? [isoSeconds(bar)] : [];
    });
    return descending ? affected.reverse() : affected;
  }

  private async indicatorsOf(
    spec: SeriesSpec,
    part: Part,
    chosen: ChosenIndicator[],
  ): Promise<ReadResult<IndicatorTable>> {
    if (isAsStored(spec) && chosen.length === 0) {
      return asStored({ ...(await this.bars.indicators({ ...part, ...storedSeriesOf(spec) })) });
    }
    return this.snapshots.read((snapshot) => deriveIndicators(new BarDeriver(spec, snapshot), spec, part, chosen));
  }

  private async page<K extends string>(
    resource: Resource,
    spec: SeriesSpec,
    query: SeriesQuery,
    columns: readonly (K | 'time')[],
    read: (part: Part) => Promise<ReadResult<Columns<K>>>,
  ): Promise<TableResponse> {
    const { asset, aggregation, window } = spec;
    const { from, to, newest, asOf } = window;
    const { columns: data, incomplete, cut } = await read({ from, to, newest, limit: query.limit + 1 });
    const page = pageOf(data.time, query.limit, window, cut);
    const isEmpty = data.time.length === 0;
    const [firstTime, lastTime] = [data.time[page.begin]!, data.time[page.end - 1]!];
    const gaps = incomplete.filter(({ time }) => time >= firstTime && time <= lastTime);
    return new TableResponse({
      head: { ...headOf(asset), timeframe: window.timeframe },
      rowsName: 'bars',
      columns,
      rows: rowsOf(columns, data, page, window.descending),
      meta: {
        source: PROVIDERS[asset.provider].name,
        count: page.end - page.begin,
        start: from === null ? null : isoSeconds(from),
        end: to === null ? null : isoSeconds(to),
        sort: window.descending ? 'desc' : 'asc',
        ...(aggregation && { rolledUpFrom: aggregation.base }),
        ...(gaps.length > 0 && { incomplete: gaps.map((gap) => ({ ...gap, time: isoSeconds(gap.time) })) }),
        ...(asOf !== null && { asOf: new Date(asOf).toISOString() }),
        ...(isEmpty && { reason: await this.gapReason(spec) }),
      },
      nextCursor: page.next && cursorOf(resource, page.next, asset.symbol, query),
      freshness: isEmpty ? 'revalidate' : await freshnessOf(spec, data.time, page, this.coverageReader(spec)),
      format: query.format,
      fileName: `${asset.symbol}_${window.timeframe}`,
    });
  }

  private async gapReason(spec: SeriesSpec): Promise<GapReason> {
    const slots = slotsOfWindow(spec);
    return gapReason(spec, slots, await this.coverageReader(spec)(slots.due));
  }

  private coverageReader(spec: SeriesSpec): ReadCoverage {
    return async (slots) => {
      const [first, last] = [slots[0], slots.at(-1)];
      return first && last ? this.bars.coverage(storedSeriesOf(spec), first.session.date, last.session.date) : [];
    };
  }

  /** @throws Problem 404 for an unknown symbol, 400 for parameters that contradict each other or do not fit the asset */
  private async spec(
    resource: Resource,
    assetClass: AssetClass,
    symbol: string,
    query: SeriesQuery,
  ): Promise<SeriesSpec> {
    const asset = await this.assets.find(assetClass, symbol);
    this.assertConsistent(asset, query);
    const window =
      query.cursor === undefined
        ? await this.firstWindow(asset, query)
        : windowOfCursor(resource, query.cursor, asset.symbol, query);
    if (window.asOf !== null) this.assertPast(window.asOf);
    if (!isServed(asset, window.timeframe)) throw invalidQuery('cursor', 'does not belong to this series');
    return specOf(asset, window, await this.boundsOf(asset, window.timeframe), this.marketAt(window.asOf));
  }

  /** The market clock, at an instant of the wall clock or now. */
  private marketAt(asOf: number | null | undefined): number {
    return asOf == null ? marketNow(this.deps) : asOf + this.deps.clockOffsetMs;
  }

  private async firstWindow(asset: AssetRow, query: SeriesQuery): Promise<SeriesWindow> {
    const calendar = calendarOf(asset.exchange);
    const now = this.marketAt(query.asOf);
    const timeframe =
      query.timeframe ?? (await this.defaultTimeframe(asset, query, { calendar, now, lastSession: null }));
    const bounds = await this.boundsOf(asset, timeframe);
    const context = { calendar, now, lastSession: bounds?.lastSession ?? null };
    if (query.asOf !== undefined && (query.range === '1d' || query.range === '5d')) {
      const window = windowOf({ ...query, range: undefined }, timeframe, context);
      context.lastSession = await this.lastSessionAsOf(specOf(asset, window, bounds, now));
    }
    const { from, to, ...window } = windowOf(query, timeframe, context);
    if (from !== null && to !== null && from >= to) {
      throw invalidQuery('end', `must be on a later date than start, as ${timeframe} bars are labelled with dates`);
    }
    return { from, to, ...window };
  }

  private async defaultTimeframe(asset: AssetRow, { range }: SeriesQuery, context: RangeContext): Promise<Timeframe> {
    const provider = PROVIDERS[asset.provider];
    const finer = range && provider.finerDefaults[range];
    if (!finer) return defaultTimeframe(provider, range, false);
    const bounds = await this.boundsOf(asset, finer);
    return defaultTimeframe(provider, range, reachesOver(range, finer, bounds?.firstSession ?? null, context));
  }

  /** Of the stored series behind a timeframe. */
  private async boundsOf(asset: AssetRow, timeframe: Timeframe) {
    return this.assets.boundsOf(asset.id, baseOf(PROVIDERS[asset.provider], timeframe));
  }

  private async lastSessionAsOf(spec: SeriesSpec): Promise<string | null> {
    const stored = { ...spec, aggregation: null };
    const { sessions } = await this.snapshots.read((snapshot) =>
      new BarDeriver(stored, snapshot).bars({ from: null, to: null, newest: true, limit: 1 }),
    );
    return sessions[0] ?? null;
  }

  /** @throws Problem 400 */
  private assertConsistent(asset: AssetRow, { start, end, range, timeframe, asOf }: SeriesQuery): void {
    if (timeframe && !isServed(asset, timeframe)) throw invalidQuery('timeframe', `not available for ${asset.symbol}`);
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

const isServed = (asset: AssetRow, timeframe: Timeframe): boolean => timeframe in PROVIDERS[asset.provider].served;

const asStored = <T>(columns: T): ReadResult<T> => ({ columns, incomplete: [], cut: false });

function rowsOf<K extends string>(
  columns: readonly (K | 'time')[],
  data: Columns<K>,
  { begin, end }: Page,
  descending: boolean,
): Row[] {
  const rows: Row[] = [];
  for (let i = begin; i < end; i++) {
    const row: Row = {};
    for (const column of columns) row[column] = column === 'time' ? isoSeconds(data.time[i]!) : data[column][i]!;
    rows.push(row);
  }
  return descending ? rows.reverse() : rows;
}
