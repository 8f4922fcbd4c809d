import { Inject, Injectable } from '@nestjs/common';
import { EXCHANGES, PROVIDERS, seriesLimits, type AssetClass } from '../../config/catalog.js';
import { BarReader, type CoverageRow, type PageRequest } from '../../db/repositories/bar-reader.js';
import type { AssetRow, SeriesBounds } from '../../db/repositories/asset-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { TableAnswer, type Freshness, type Row } from '../http/answer.js';
import { invalidQuery } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { emptyReason, expectedIn, isSettled, type EmptyReason, type SeriesRules } from './expected.js';
import { cursorOf, pageOf, windowOfCursor, type Page } from './page.js';
import type { SeriesQuery } from './query.js';
import { defaultTimeframe, reachesOver, windowOf, type SeriesWindow } from './window.js';

interface Request {
  asset: AssetRow;
  query: SeriesQuery;
  window: SeriesWindow;
  bounds: SeriesBounds | null;
  now: number;
}

/** Bars and indicators of a series, a page at a time. */
@Injectable()
export class SeriesService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
    private readonly bars: BarReader,
  ) {}

  ohlcv(assetClass: AssetClass, symbol: string, query: SeriesQuery): Promise<TableAnswer> {
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
    return this.answer(assetClass, symbol, query, columns, (page) => this.bars.prices(page));
  }

  indicators(assetClass: AssetClass, symbol: string, query: SeriesQuery): Promise<TableAnswer> {
    const columns = ['time', 'close', 'sma20', 'sma50', 'barReturn', 'dailyReturn'] as const;
    return this.answer(assetClass, symbol, query, columns, (page) => this.bars.indicators(page));
  }

  private async answer<K extends string>(
    assetClass: AssetClass,
    symbol: string,
    query: SeriesQuery,
    columns: readonly (K | 'time')[],
    read: (page: PageRequest) => Promise<Record<K, (number | null)[]> & { time: number[] }>,
  ): Promise<TableAnswer> {
    const asset = await this.assets.find(assetClass, symbol);
    const request = await this.request(asset, query);
    const { window } = request;
    const data = await read({ assetId: asset.id, ...window, limit: query.limit + 1 });
    const page = pageOf(data.time, query.limit, window);
    const { reason, freshness } = await this.judge(request, data.time, page);
    return new TableAnswer({
      head: { ...headOf(asset), timeframe: window.timeframe },
      rowsName: 'bars',
      columns,
      rows: rowsOf(columns, data, page, window.descending),
      meta: {
        source: PROVIDERS[asset.provider].name,
        count: page.end - page.begin,
        start: window.from === null ? null : isoSeconds(window.from),
        end: window.to === null ? null : isoSeconds(window.to),
        sort: window.descending ? 'desc' : 'asc',
        ...(reason && { reason }),
      },
      nextCursor: page.next && cursorOf(page.next, asset.symbol, query, query.cursor),
      freshness,
      format: query.format,
      fileName: `${asset.symbol}_${window.timeframe}`,
    });
  }

  private async request(asset: AssetRow, query: SeriesQuery): Promise<Request> {
    assertConsistent(query);
    const now = marketNow(this.deps);
    const window = query.cursor
      ? windowOfCursor(query.cursor, asset.symbol, query)
      : await this.firstWindow(asset, query, now);
    return { asset, query, window, now, bounds: await this.assets.boundsOf(asset.id, window.timeframe) };
  }

  private async firstWindow(asset: AssetRow, query: SeriesQuery, now: number): Promise<SeriesWindow> {
    const calendar = calendarOf(asset.exchange);
    const minutes = query.range === '1mo' ? await this.assets.boundsOf(asset.id, '1m') : null;
    const reach = reachesOver('1mo', minutes?.firstSession ?? null, { calendar, now, lastSession: null });
    const timeframe = query.timeframe ?? defaultTimeframe(asset.assetClass, query.range, reach);
    const bounds = await this.assets.boundsOf(asset.id, timeframe);
    return windowOf(query, timeframe, { calendar, now, lastSession: bounds?.lastSession ?? null });
  }

  /** Why there is nothing, and how long an answer may be kept: read from coverage, and only where that can matter. */
  private async judge(
    request: Request,
    times: number[],
    page: Page,
  ): Promise<{ reason: EmptyReason | null; freshness: Freshness }> {
    const { asset, window, bounds, now } = request;
    const rules = rulesOf(asset, window);
    const known = { beginsAt: bounds?.beginsAt ?? bounds?.firstTime ?? null, now };
    if (times.length === 0) {
      if (window.from === null) {
        return { reason: known.beginsAt === null ? 'not_yet_fetched' : 'unobtainable', freshness: 'revalidate' };
      }
      const expected = expectedIn(rules, window.from, window.to ?? now + DAY);
      const coverage = await this.coverageOf(asset.id, rules, expected);
      return { reason: emptyReason(rules, expected, coverage, known), freshness: 'revalidate' };
    }
    const from = window.newest && (page.next || window.from === null) ? times[page.begin]! : window.from!;
    const to = !window.newest && page.next ? times[page.end - 1]! + 1 : window.to;
    if (to === null || to > now) return { reason: null, freshness: 'revalidate' };
    const expected = expectedIn(rules, from, to);
    const settled = isSettled(rules, expected, await this.coverageOf(asset.id, rules, expected), now);
    return { reason: null, freshness: settled ? 'settled' : 'revalidate' };
  }

  private coverageOf(
    assetId: number,
    rules: SeriesRules,
    expected: ReturnType<typeof expectedIn>,
  ): Promise<CoverageRow[]> {
    const [first, last] = [expected[0], expected.at(-1)];
    if (!first || !last) return Promise.resolve([]);
    return this.bars.coverage({ assetId, timeframe: rules.timeframe }, first.session.date, last.session.date);
  }
}

const rulesOf = (asset: AssetRow, { timeframe }: SeriesWindow): SeriesRules => ({
  calendar: calendarOf(asset.exchange),
  timeframe,
  limits: seriesLimits(asset.provider, timeframe),
  delayMs: EXCHANGES[asset.exchange].delayMs,
});

/** @throws Problem 400 */
function assertConsistent({ start, end, range }: SeriesQuery): void {
  if (range && (start !== undefined || end !== undefined)) {
    throw invalidQuery('range', 'cannot be combined with start or end');
  }
  if (start !== undefined && end !== undefined && start >= end) throw invalidQuery('end', 'must be after start');
}

function rowsOf<K extends string>(
  columns: readonly (K | 'time')[],
  data: Record<K, (number | null)[]> & { time: number[] },
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
