import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS } from '../../config/catalog/providers.js';
import type { AssetClass } from '../../config/catalog/first-assets.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { PriceColumns } from '../../domain/bar.js';
import type { ChosenIndicator } from '../../domain/indicators/chosen-indicators.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { TableResponse, type Row } from '../http/response.js';
import { invalidQuery } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { freshnessOf, reasonOf, type ReadCoverage } from './gap-reason.js';
import { ResponseCache } from './response-cache.js';
import { BarDeriver, type IncompleteBar, type Part } from './derived-bars.js';
import { deriveIndicators, type IndicatorTable } from './derived-indicators.js';
import { requestKey, cursorOf, pageOf, windowOfCursor, type Page, type Resource } from './page.js';
import type { IndicatorQuery, SeriesQuery } from './query.js';
import { baseOf, timeframesOfClass } from './timeframes.js';
import { isAsStored, specOf, type SeriesSpec } from './series-spec.js';
import { defaultTimeframe, reachesOver, windowOf, type SeriesWindow } from './window.js';

/** Loads need this long, at most, until all that was recorded before is visible. */
const YOUNGEST_AS_OF_MS = 60 * SECOND;

/** Columns of a page and what is to be said of them. */
interface Read<T> {
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
    private readonly kept: ResponseCache,
  ) {}

  async ohlcv(assetClass: AssetClass, symbol: string, query: SeriesQuery): Promise<TableResponse> {
    const view = await this.view('ohlcv', assetClass, symbol, query);
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
    return this.newest(view, query, async () => {
      const answer = await this.answer('ohlcv', view, query, columns, (part) => this.prices(view, part));
      if (assetClass === 'stock') answer.table.meta.adjustment = view.window.adjustment;
      return answer;
    });
  }

  async indicators(assetClass: AssetClass, symbol: string, query: IndicatorQuery): Promise<TableResponse> {
    const view = await this.view('indicators', assetClass, symbol, query);
    const chosen = query.include ?? [];
    const further = chosen.flatMap((choice) => Object.values(choice.columns));
    const columns = ['time', 'close', 'sma20', 'sma50', 'barReturn', 'dailyReturn', ...further];
    return this.answer('indicators', view, query, columns, (part) => this.indicatorsOf(view, part, chosen));
  }

  /** The newest bars as stored depend on nothing but what is stored: their answers are kept until that changes. */
  private newest(view: SeriesSpec, query: SeriesQuery, make: () => Promise<TableResponse>): Promise<TableResponse> {
    const { from, to, timeframe } = view.window;
    if (from !== null || to !== null || !isAsStored(view)) return make();
    const key = [view.asset.symbol, timeframe, query.limit, query.format, requestKey(query)].join('|');
    return this.kept.get(seriesOf(view), key, make);
  }

  private async prices(view: SeriesSpec, part: Part): Promise<Read<PriceColumns>> {
    if (isAsStored(view)) return asStored(await this.bars.prices({ ...part, ...seriesOf(view) }));
    const { bars, incomplete, cut } = await this.snapshots.read((snapshot) =>
      new BarDeriver(view, snapshot).bars(part),
    );
    return { columns: bars, incomplete, cut };
  }

  private async indicatorsOf(view: SeriesSpec, part: Part, chosen: ChosenIndicator[]): Promise<Read<IndicatorTable>> {
    if (isAsStored(view) && chosen.length === 0) {
      return asStored({ ...(await this.bars.indicators({ ...part, ...seriesOf(view) })) });
    }
    return this.snapshots.read((snapshot) => deriveIndicators(new BarDeriver(view, snapshot), view, part, chosen));
  }

  private async answer<K extends string>(
    resource: Resource,
    view: SeriesSpec,
    query: SeriesQuery,
    columns: readonly (K | 'time')[],
    read: (part: Part) => Promise<Read<Columns<K>>>,
  ): Promise<TableResponse> {
    const { asset, window } = view;
    const { from, to, newest, asOf } = window;
    const { columns: data, incomplete, cut } = await read({ from, to, newest, limit: query.limit + 1 });
    const page = pageOf(data.time, query.limit, window, cut);
    const coverage: ReadCoverage = async (expected) => {
      const [first, last] = [expected[0], expected.at(-1)];
      return first && last ? this.bars.coverage(seriesOf(view), first.session.date, last.session.date) : [];
    };
    const isEmpty = data.time.length === 0;
    const [oldest, newestTime] = [data.time[page.begin]!, data.time[page.end - 1]!];
    const gaps = incomplete.filter(({ time }) => time >= oldest && time <= newestTime);
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
        ...(view.rollUp && { rolledUpFrom: view.rollUp.base }),
        ...(gaps.length > 0 && { incomplete: gaps.map((gap) => ({ ...gap, time: isoSeconds(gap.time) })) }),
        ...(asOf !== null && { asOf: new Date(asOf).toISOString() }),
        ...(isEmpty && { reason: await reasonOf(view, coverage) }),
      },
      nextCursor: page.next && cursorOf(resource, page.next, asset.symbol, query),
      freshness: isEmpty ? 'revalidate' : await freshnessOf(view, data.time, page, coverage),
      format: query.format,
      fileName: `${asset.symbol}_${window.timeframe}`,
    });
  }

  private async view(
    resource: Resource,
    assetClass: AssetClass,
    symbol: string,
    query: SeriesQuery,
  ): Promise<SeriesSpec> {
    const asset = await this.assets.find(assetClass, symbol);
    this.assertConsistent(query);
    const window =
      query.cursor === undefined
        ? await this.firstWindow(asset, query)
        : windowOfCursor(resource, query.cursor, asset.symbol, query);
    if (window.asOf !== null) this.assertPast(window.asOf);
    if (!timeframesOfClass(assetClass).includes(window.timeframe)) throw invalidQuery('cursor', 'not of this series');
    const bounds = await this.assets.boundsOf(asset.id, baseOf(assetClass, window.timeframe));
    return specOf(asset, window, bounds, this.marketAt(window.asOf));
  }

  /** The market clock, at an instant of the wall clock or now. */
  private marketAt(asOf: number | null | undefined): number {
    return asOf == null ? marketNow(this.deps) : asOf + this.deps.clockOffsetMs;
  }

  private async firstWindow(asset: AssetRow, query: SeriesQuery): Promise<SeriesWindow> {
    const calendar = calendarOf(asset.exchange);
    const now = this.marketAt(query.asOf);
    const minutes = query.range === '1mo' ? await this.assets.boundsOf(asset.id, '1m') : null;
    const reach = reachesOver('1mo', minutes?.firstSession ?? null, { calendar, now, lastSession: null });
    const timeframe = query.timeframe ?? defaultTimeframe(asset.assetClass, query.range, reach);
    const bounds = await this.assets.boundsOf(asset.id, baseOf(asset.assetClass, timeframe));
    const context = { calendar, now, lastSession: bounds?.lastSession ?? null };
    if (query.asOf !== undefined && (query.range === '1d' || query.range === '5d')) {
      const window = windowOf({ ...query, range: undefined }, timeframe, context);
      context.lastSession = await this.lastSessionAsOf(specOf(asset, window, bounds, now));
    }
    const { from, to, ...window } = windowOf(query, timeframe, context);
    if (from !== null && to !== null && from >= to) {
      throw invalidQuery('end', `must be on a later date than start, for ${timeframe} bars are labelled with dates`);
    }
    return { from, to, ...window };
  }

  private async lastSessionAsOf(view: SeriesSpec): Promise<string | null> {
    const stored = { ...view, rollUp: null };
    const { sessions } = await this.snapshots.read((snapshot) =>
      new BarDeriver(stored, snapshot).bars({ from: null, to: null, newest: true, limit: 1 }),
    );
    return sessions[0] ?? null;
  }

  /** @throws Problem 400 */
  private assertConsistent({ start, end, range, asOf }: SeriesQuery): void {
    if (range && (start !== undefined || end !== undefined)) {
      throw invalidQuery('range', 'cannot be combined with start or end');
    }
    if (start !== undefined && end !== undefined && start >= end) throw invalidQuery('end', 'must be after start');
    if (asOf !== undefined) this.assertPast(asOf);
  }

  /** @throws Problem 400 */
  private assertPast(asOf: number): void {
    if (this.deps.wallNow() - asOf < YOUNGEST_AS_OF_MS) {
      throw invalidQuery('asOf', 'must be at least 60 seconds ago, by the wall clock');
    }
  }
}

const seriesOf = ({ asset, rules }: SeriesSpec) => ({ assetId: asset.id, timeframe: rules.timeframe });

const asStored = <T>(columns: T): Read<T> => ({ columns, incomplete: [], cut: false });

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
