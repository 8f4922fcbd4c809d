import { Inject, Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import { seriesBehind } from '../../config/catalog/series-behind.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { ActionReader } from '../../db/repositories/read/action-reader.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { readUnknownOpens } from '../../db/repositories/read/unknown-opens.js';
import type { PriceColumns } from '../../domain/bar.js';
import { computeInPieces, stepsOf, type ChosenIndicator } from '../../domain/indicators/chosen-indicators.js';
import { type SeriesWindow } from '../../domain/series/window.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { invalidQuery, Problem } from '../http/problem.js';
import { formatOf } from '../http/render.js';
import { TableResponse, type Format, type Row } from '../http/response.js';
import { isoSeconds } from '../http/time.js';
import { inTurns, nextTurn } from '../http/turns.js';
import { BarDeriver, type IncompleteBar } from './derived-bars.js';
import { deriveIndicators, type IndicatorInputs, type IndicatorTable } from './derived-indicators.js';
import { GapReasons } from './gap-reasons.js';
import { LongReads, storedBarsOf, type HasLeft } from './long-reads.js';
import { cursorOf, pageOf, requestKey, type Page, type Resource } from './page-cursor.js';
import { DEFAULT_LIMIT, type IndicatorQuery, type SeriesQuery } from './series-query.schema.js';
import { ResponseCache } from './response-cache.js';
import { SeriesRequests, type LevelledSpec } from './series-requests.js';
import { isAsStored, storedSeriesOf, type SeriesSpec } from './series-spec.js';
import { readServed, type Part, type ServedBars } from './served-bars.js';
import { servedIndicatorsOf } from './served-indicators.js';

/** Rows of a page that is written in a turn of its own. */
const LONG_PAGE = 1_000;
/** Rows that are read at once of a response that holds the whole window. */
const CHUNK_ROWS = 5_000;
/** Steps (bars × reach × indicators) that one page of indicators may take: some seconds at most, in turns. */
const MAX_STEPS = 100_000_000;

/** Columns that were read, and what the response says about them. */
interface ReadResult<T> extends Omit<ServedBars, 'bars'> {
  columns: T;
  incomplete: IncompleteBar[];
}
type Columns<K extends string> = Record<K, (number | null)[]> & { time: number[] };
/** @param isBegun rows before this part have been sent */
type Read<T> = (part: Part, isBegun: boolean) => Promise<ReadResult<T>>;

/** A query with its defaults. */
type ResolvedQuery<Q extends SeriesQuery = SeriesQuery> = Q & {
  format: Format;
  /** Null for the whole window, which is sent as it is read. */
  pageSize: number | null;
};

/** Bars and indicators of a series, a page at a time. */
@Injectable()
export class SeriesService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly requests: SeriesRequests,
    private readonly bars: BarReader,
    private readonly actions: ActionReader,
    private readonly snapshots: BarSnapshots,
    private readonly gapReasons: GapReasons,
    private readonly responses: ResponseCache,
    private readonly longReads: LongReads,
  ) {}

  /** @param accept the Accept header */
  async ohlcv(
    assetClass: AssetClass,
    symbol: string,
    asked: SeriesQuery,
    hasLeft: HasLeft,
    accept?: string,
  ): Promise<TableResponse> {
    const query = resolved(asked, accept);
    const spec = await this.requests.resolve('ohlcv', assetClass, symbol, query);
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
    return this.cached('ohlcv', spec, query, async () => {
      const response = await this.page('ohlcv', spec, query, columns, async (part, isBegun) =>
        this.longReads.read(storedBarsOf(spec, part), { hasLeft, isBegun }, async () => this.prices(spec, part)),
      );
      // only JSON has a place for it
      const unknown = query.format === 'json' ? await this.unknownOpens(spec, response.table.rows) : [];
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

  /** @param accept the Accept header */
  async indicators(
    assetClass: AssetClass,
    symbol: string,
    asked: IndicatorQuery,
    hasLeft: HasLeft,
    accept?: string,
  ): Promise<TableResponse> {
    const query = resolved(asked, accept);
    const spec = await this.requests.resolve('indicators', assetClass, symbol, query);
    const chosen = query.include ?? [];
    assertBounded(chosen, query.pageSize ?? CHUNK_ROWS);
    const further = chosen.flatMap((choice) => Object.values(choice.columns));
    const columns = ['time', 'close', 'sma20', 'sma50', 'barReturn', 'dailyReturn', ...further];
    const make = async () =>
      this.page('indicators', spec, query, columns, async (part, isBegun) => {
        const bars = storedBarsOf(spec, part, chosen);
        const {
          inputs,
          columns: own,
          ...rest
        } = await this.longReads.read(bars, { hasLeft, isBegun }, async () => this.indicatorsOf(spec, part, chosen));
        const further = inputs && (await inTurns(computeInPieces(chosen, inputs.bars, inputs.from)));
        return { columns: { ...own, ...further }, ...rest };
      });
    // chosen ones have too many columns to be kept
    return chosen.length > 0 ? make() : this.cached('indicators', spec, query, make);
  }

  /** Bars as stored, and their indicators, depend only on the stored series: their response is cached until one of these changes. */
  private async cached(
    resource: Resource,
    spec: SeriesSpec,
    query: ResolvedQuery,
    make: () => Promise<TableResponse>,
  ): Promise<TableResponse> {
    const { pageSize, format, cursor } = query;
    if (!isAsStored(spec) || pageSize === null) return make();
    const { asset, sources, window } = spec;
    const ranked = sources.map(({ id }) => id);
    const key = JSON.stringify([resource, asset.symbol, ranked, window, pageSize, format, cursor, requestKey(query)]);
    return this.responses.get(seriesBehind(spec.sources, spec.window.timeframe), key, make);
  }

  private async prices(spec: SeriesSpec, part: Part): Promise<ReadResult<PriceColumns>> {
    const { bars, ...rest } = isAsStored(spec)
      ? { ...(await readServed(this.bars, spec, part)), incomplete: [] }
      : await this.snapshots.read((snapshot) => new BarDeriver(spec, snapshot).bars(part));
    return { columns: bars, ...rest };
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

  /** The indicators that are stored along with bars, and what the chosen ones are computed from. */
  private async indicatorsOf(
    spec: SeriesSpec,
    part: Part,
    chosen: ChosenIndicator[],
  ): Promise<ReadResult<IndicatorTable> & { inputs: IndicatorInputs | null }> {
    if (isAsStored(spec) && chosen.length === 0) {
      const { indicators, source } = await servedIndicatorsOf(this.bars, spec, part);
      return { columns: { ...indicators }, source, incomplete: [], cut: false, inputs: null };
    }
    return this.snapshots.read((snapshot) => deriveIndicators(new BarDeriver(spec, snapshot), spec, part, chosen));
  }

  private async page<K extends string>(
    resource: Resource,
    asked: LevelledSpec,
    query: ResolvedQuery,
    columns: readonly (K | 'time')[],
    read: Read<Columns<K>>,
  ): Promise<TableResponse> {
    // before the bars of the first page are read: after a change in between, the next page is refused
    const spec = query.cursor === undefined ? { ...asked, level: await this.levelOf(asked) } : asked;
    const { asset, sources, aggregation } = spec;
    // a whole window has no first page: its rows are in its own order
    const window = query.pageSize === null ? { ...spec.window, newest: spec.window.descending } : spec.window;
    const { from, to, newest, asOf } = window;
    const size = query.pageSize ?? CHUNK_ROWS;
    const { columns: data, source, incomplete, cut } = await read({ from, to, newest, limit: size + 1 }, false);
    if (query.cursor !== undefined) await this.assertLevel(spec);
    const page = pageOf(data.time, size, window, cut);
    const isWhole = query.pageSize === null;
    const isEmpty = data.time.length === 0;
    const [firstTime, lastTime] = [data.time[page.begin]!, data.time[page.end - 1]!];
    // naming and writing many rows takes a while, too
    if (data.time.length > LONG_PAGE) await nextTurn();
    const gaps = incomplete.filter(({ time }) => time >= firstTime && time <= lastTime);
    return new TableResponse({
      head: { ...headOf(asset), timeframe: window.timeframe },
      rowsName: 'bars',
      columns: sources.length > 1 ? [...columns, 'source'] : columns,
      rows: rowsOf(spec, columns, { data, source }, page),
      meta: {
        source: catalogOf(sources[0]!).name,
        sources: sourcesBody(sources, source, page),
        count: page.end - page.begin,
        start: from === null ? null : isoSeconds(from),
        end: to === null ? null : isoSeconds(to),
        sort: window.descending ? 'desc' : 'asc',
        ...(aggregation && { rolledUpFrom: aggregation.base }),
        ...(gaps.length > 0 && { incomplete: gaps.map((gap) => ({ ...gap, time: isoSeconds(gap.time) })) }),
        ...(asOf !== null && { asOf: new Date(asOf).toISOString() }),
        ...(isEmpty && { reason: await this.gapReasons.of(spec) }),
      },
      rest: isWhole && page.next ? () => this.rest(spec, page.next!, columns, read) : null,
      nextCursor:
        isWhole || !page.next
          ? null
          : cursorOf(resource, { window: page.next, level: spec.level, source: spec.source }, asset.symbol, query),
      // why a bar is missing is known for now only, also in what is as of an instant
      freshness: asOf === null || isEmpty || incomplete.length > 0 ? 'revalidate' : 'immutable',
      format: query.format,
      fileName: `${asset.symbol}_${window.timeframe}`,
    });
  }

  /** The rows after the first ones, read as the client takes them; nothing is read once it has left. */
  private async *rest<K extends string>(
    spec: LevelledSpec,
    begin: SeriesWindow,
    columns: readonly (K | 'time')[],
    read: Read<Columns<K>>,
  ): AsyncGenerator<Row[]> {
    for (let window: SeriesWindow | null = begin; window;) {
      const { from, to, newest } = window;
      const { columns: data, source, cut } = await read({ from, to, newest, limit: CHUNK_ROWS + 1 }, true);
      // after a change the response breaks off, which HTTP clients report: half of it at another level would be worse
      await this.assertLevel(spec);
      const page = pageOf(data.time, CHUNK_ROWS, window, cut);
      await nextTurn();
      yield rowsOf(spec, columns, { data, source }, page);
      window = page.next;
    }
  }

  /** Null if the price level of a request cannot change. */
  private async levelOf({ asset, window }: SeriesSpec): Promise<string | null> {
    if (asset.assetClass !== 'stock' || window.asOf !== null || window.adjustment === 'raw') return null;
    return this.actions.priceLevel(asset.id, window.adjustment === 'all');
  }

  /**
   * Refuses a later page that is at another price level than the first. Called once its bars have been read: had they been
   * read after a change, it would be seen here.
   * @throws Problem 409
   */
  private async assertLevel(spec: LevelledSpec): Promise<void> {
    const level = await this.levelOf(spec);
    if (level === null || level === spec.level) return;
    // a cached first page may have the cursor of the old level
    this.responses.clear();
    const detail = `The prices of ${spec.asset.symbol} have moved to another level since the first page, because of a split or a dividend. Request the first page again.`;
    throw new Problem(409, detail, { type: 'price-level-changed' });
  }
}

/** @throws Problem 406 */
function resolved<Q extends SeriesQuery>(query: Q, accept: string | undefined): ResolvedQuery<Q> {
  const format = formatOf(query.format, accept);
  return { ...query, format, pageSize: query.limit ?? (format === 'json' ? DEFAULT_LIMIT : null) };
}

/** @throws Problem 400 if a page would take too long to compute */
function assertBounded(chosen: readonly ChosenIndicator[], limit: number): void {
  if (stepsOf(chosen, limit) <= MAX_STEPS) return;
  const most = Math.floor(MAX_STEPS / stepsOf(chosen, 1));
  const detail = `these indicators look back over ${stepsOf(chosen, 1)} bars for each of ${limit} bars, which is too much for one page: include fewer of them, choose shorter periods, or set limit to ${most} or less`;
  throw invalidQuery('include', detail);
}

function rowsOf<K extends string>(
  { sources, window }: SeriesSpec,
  columns: readonly (K | 'time')[],
  { data, source }: { data: Columns<K>; source: readonly number[] | null },
  { begin, end }: Page,
): Row[] {
  const rows: Row[] = [];
  for (let i = begin; i < end; i++) {
    const row: Row = {};
    for (const column of columns) row[column] = column === 'time' ? isoSeconds(data.time[i]!) : data[column][i]!;
    if (source?.[i]) row.source = sources[source[i]!]!.provider;
    rows.push(row);
  }
  return window.descending ? rows.reverse() : rows;
}

function sourcesBody(sources: readonly AssetRow[], indices: readonly number[] | null, { begin, end }: Page) {
  const counts = sources.map(() => 0);
  for (let i = begin; i < end; i++) counts[indices?.[i] ?? 0]!++;
  return sources.map((source, i) => ({
    rank: source.rank,
    provider: source.provider,
    name: catalogOf(source).name,
    bars: counts[i]!,
  }));
}
