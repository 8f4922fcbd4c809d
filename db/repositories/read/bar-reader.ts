import type { PriceColumns, SeriesKey } from '../../../domain/bar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { encodeArray } from '../../binary-array.js';
import { epochMs } from '../../columns.js';
import { confirmedEmpty } from '../coverage/slot-bits.sql.js';
import { columnsSql, decodeColumns, PRICES, type Columns } from './bar-columns.js';

export type { PriceColumns } from '../../../domain/bar.js';

/** Part of a series, by bar opens. */
export interface PageRequest extends SeriesKey {
  /** Half-open, epoch ms; null = no bound. */
  from: number | null;
  to: number | null;
  /** Takes the newest bars of the window instead of the oldest. */
  newest: boolean;
  limit: number;
}

/** Indicators of bars as columns; each is null where it is not defined yet. */
export interface IndicatorColumns {
  time: number[];
  close: number[];
  sma20: (number | null)[];
  sma50: (number | null)[];
  barReturn: (number | null)[];
  dailyReturn: (number | null)[];
}

/** A series, and the timeframe of the bar that its newest bar is compared with: the last one before that session. */
export interface LatestKey extends SeriesKey {
  reference: StoredTimeframe;
}

/** The newest bar of a series with the close it is compared with, and the live price. */
export interface LatestRow {
  bar: LatestBar | null;
  quote: QuoteRow | null;
}

export interface LatestBar {
  /** Epoch ms. */
  time: number;
  session: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
  /** Of the last reference bar before the session of the newest bar; null if there is none. */
  referenceClose: number | null;
  referenceSession: string | null;
}

export interface QuoteRow {
  price: number;
  /** Epoch ms, market clock. */
  time: number;
}

export interface CoverageRow {
  session: string;
  /** One bit per slot, in time order. */
  answered: string;
  filled: string;
  /** Confirmed empty: the provider has no bar there, for good. */
  empty: string;
  corrupt: string;
  lost: string;
  /** Every expected bar is stored or confirmed empty, and no bar has changed since the count. */
  complete: boolean;
}

/**
 * Reads bars by the primary key. Pages come as columns in PostgreSQL's binary format: for 390 bars the server needs a
 * quarter of the time that it takes to write the same numbers as text (measured).
 */
export class BarReader {
  constructor(private readonly db: Queryable) {}

  /** Bars of a window, always ascending by time. */
  async prices(request: PageRequest): Promise<PriceColumns> {
    return this.page(request, 'prices', PRICES);
  }

  /** The same, and how far others go. */
  async pricesBeside(request: PageRequest, others: readonly number[]): Promise<{ bars: PriceColumns } & Beside> {
    const { columns, nearest } = await this.pageBeside(request, others, 'prices', PRICES);
    return { bars: columns, nearest };
  }

  /** Those of some bars that a series has, ascending. @param times epoch ms */
  async pricesAt({ assetId, timeframe }: SeriesKey, times: readonly number[]): Promise<PriceColumns> {
    const { rows } = await this.db.query<Record<string, Buffer | null>>({
      name: 'bar-prices-at',
      text: PRICES_AT,
      values: [assetId, timeframe, encodeArray('timestamptz', times)],
    });
    return decodeColumns(PRICES, rows[0], false);
  }

  /** Indicators of the bars of a window, always ascending by time. */
  async indicators(request: PageRequest): Promise<IndicatorColumns> {
    return this.page(request, 'indicators', INDICATORS);
  }

  /** The same, and how far others go. */
  async indicatorsBeside(
    request: PageRequest,
    others: readonly number[],
  ): Promise<{ indicators: IndicatorColumns } & Beside> {
    const { columns, nearest } = await this.pageBeside(request, others, 'indicators', INDICATORS);
    return { indicators: columns, nearest };
  }

  /** How many bars a series has in a window: half-open, epoch ms. */
  async count({ assetId, timeframe }: SeriesKey, from: number, to: number): Promise<number> {
    const { rows } = await this.db.query<{ count: number }>({
      name: 'bar-count',
      text: 'select count(*)::int as count from bars where asset_id = $1 and timeframe = $2 and time >= $3 and time < $4',
      values: [assetId, timeframe, new Date(from), new Date(to)],
    });
    return rows[0]!.count;
  }

  /**
   * Whether other series have bars that a series lacks, in a part of it or among the 50 bars before it.
   * @param others assets; their bars of the same timeframe count
   * @param part half-open, epoch ms; null = no bound. It begins at `atLeastFrom` at the latest
   */
  async haveFilled(
    { assetId, timeframe }: SeriesKey,
    others: readonly number[],
    { from, to, atLeastFrom }: { from: number | null; to: number | null; atLeastFrom: number },
  ): Promise<boolean> {
    const { rows } = await this.db.query<{ exists: boolean }>({
      name: 'bar-filled-by-others',
      text: FILLED_BY_OTHERS,
      values: [assetId, timeframe, instant(from), instant(to), others, new Date(atLeastFrom)],
    });
    return rows[0]!.exists;
  }

  /** The newest bar and the live price of each series, in the order of the keys. */
  async latest(keys: readonly LatestKey[]): Promise<LatestRow[]> {
    const { rows } = await this.db.query<Nullable<LatestBar> & { quotePrice: number | null; quoteTime: number | null }>(
      {
        name: 'bar-latest',
        text: LATEST,
        values: [
          keys.map(({ assetId }) => assetId),
          keys.map(({ timeframe }) => timeframe),
          keys.map(({ reference }) => reference),
        ],
      },
    );
    return rows.map(({ quotePrice, quoteTime, ...bar }) => ({
      bar: bar.time === null ? null : (bar as LatestBar),
      quote: quotePrice === null || quoteTime === null ? null : { price: quotePrice, time: quoteTime },
    }));
  }

  /** Coverage from one trading date to another, both inclusive; a session never requested has no row. */
  async coverage({ assetId, timeframe }: SeriesKey, first: string, last: string): Promise<CoverageRow[]> {
    const { rows } = await this.db.query<CoverageRow>({
      name: 'bar-coverage',
      text: `${COVERAGE} and c.session between $3 and $4 order by c.session`,
      values: [assetId, timeframe, first, last],
    });
    return rows;
  }

  /** The same for some trading dates. */
  async coverageOn({ assetId, timeframe }: SeriesKey, sessions: readonly string[]): Promise<CoverageRow[]> {
    if (sessions.length === 0) return [];
    const { rows } = await this.db.query<CoverageRow>({
      name: 'bar-coverage-on',
      text: `${COVERAGE} and c.session = any($3::date[])`,
      values: [assetId, timeframe, sessions],
    });
    return rows;
  }

  /** @param others assets; their bars of the same timeframe count */
  private async pageBeside<T extends object>(
    request: PageRequest,
    others: readonly number[],
    name: string,
    columns: Columns<T>,
  ): Promise<{ columns: T } & Beside> {
    const order = request.newest ? 'desc' : 'asc';
    const { rows } = await this.db.query<Record<string, Buffer | null> & Beside>({
      name: `bar-${name}-beside-${order}`,
      text: pageSql(Object.keys(columns), order, `(${nearestSql(order)}) as nearest`),
      values: [...pageValues(request), others],
    });
    return { columns: decodeColumns<T>(columns, rows[0], request.newest), nearest: rows[0]!.nearest };
  }

  private async page<T extends object>(request: PageRequest, name: string, columns: Columns<T>): Promise<T> {
    const order = request.newest ? 'desc' : 'asc';
    const { rows } = await this.db.query<Record<string, Buffer | null>>({
      name: `bar-${name}-${order}`,
      text: pageSql(Object.keys(columns), order),
      values: pageValues(request),
    });
    return decodeColumns(columns, rows[0], request.newest);
  }
}

/** How far other series go in the window of a page. */
export interface Beside {
  /** Their newest bar, or their oldest one if the page has the oldest bars; epoch ms, null if they have none. */
  nearest: number | null;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };
const INDICATORS: Columns<IndicatorColumns> = {
  time: 'timestamptz',
  close: 'float8',
  sma20: 'float8',
  sma50: 'float8',
  barReturn: 'float8',
  dailyReturn: 'float8',
};

const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** The parameters of a page: $1 to $4 for IN_PAGE, and the limit, $5. */
export const pageValues = ({ assetId, timeframe, from, to, limit }: PageRequest): unknown[] => [
  assetId,
  timeframe,
  instant(from),
  instant(to),
  limit,
];

// `-infinity` and `infinity` stand for "no bound": both bounds fold into one index condition, and one plan serves all pages
export const IN_PAGE = `asset_id = $1 and timeframe = $2
  and time >= coalesce($3, '-infinity'::timestamptz) and time < coalesce($4, 'infinity'::timestamptz)`;

// an aggregate takes its rows in the order of a sorted subquery, and here the index provides that order: nothing is sorted
const pageSql = (columns: string[], order: 'asc' | 'desc', further?: string): string => `
  select ${columnsSql(columns)}${further ? `, ${further}` : ''}
  from (
    select * from bars
    where ${IN_PAGE}
    order by time ${order} limit $5
  ) page`;

const nearestSql = (order: 'asc' | 'desc'): string => `
  select ${epochMs(`${order === 'asc' ? 'min' : 'max'}(nearest.time)`)}
  from unnest($6::int[]) other(id) cross join lateral (
    select time from bars
    where asset_id = other.id and timeframe = $2
      and time >= coalesce($3, '-infinity'::timestamptz) and time < coalesce($4, 'infinity'::timestamptz)
    order by time ${order} limit 1) nearest`;

const PRICES_AT = `
  select ${columnsSql(Object.keys(PRICES))}
  from (
    select * from bars where asset_id = $1 and timeframe = $2 and time = any($3::timestamptz[]) order by time) page`;

const FILLED_BY_OTHERS = `
  select exists (
    select 1 from unnest($5::int[]) other(asset_id) cross join lateral (
      select 1 from bars l
      where l.asset_id = other.asset_id and l.timeframe = $2 and l.time < coalesce($4, 'infinity'::timestamptz)
        and l.time >= least($6, coalesce((
          select time from bars where asset_id = $1 and timeframe = $2 and time < $3
          order by time desc offset 49 limit 1), '-infinity'))
        and not exists (select 1 from bars f where f.asset_id = $1 and f.timeframe = $2 and f.time = l.time)
      limit 1) filled) as exists`;

const LATEST = `
  select ${epochMs('b.time')} as time, b.session::text as session,
    b.open, b.high, b.low, b.close, b.volume, r.close as "referenceClose", r.session::text as "referenceSession",
    q.price as "quotePrice", ${epochMs('q.time')} as "quoteTime"
  from unnest($1::int[], $2::timeframe[], $3::timeframe[]) with ordinality given (asset_id, timeframe, reference, n)
  left join lateral (
    select * from bars where asset_id = given.asset_id and timeframe = given.timeframe order by time desc limit 1
  ) b on true
  left join lateral (
    select close, session from bars
    where asset_id = given.asset_id and timeframe = given.reference and time < b.session::timestamp at time zone 'UTC'
    order by time desc limit 1
  ) r on true
  -- the limit makes it an index lookup even if there are few quotes
  left join lateral (select price, time from quotes where asset_id = given.asset_id limit 1) q on true
  order by given.n`;

const COVERAGE = `
  select c.session::text as session, c.answered_slots as answered, c.filled_slots as filled, ${confirmedEmpty('c')} as empty,
    c.corrupt_slots as corrupt, c.lost_slots as lost, c.filled + c.empty = c.expected and not c.dirty as complete
  from coverage c where c.asset_id = $1 and c.timeframe = $2`;
