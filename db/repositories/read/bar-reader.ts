import { sliceColumns, type PriceColumns, type SeriesKey } from '../../../domain/bar.js';
import { fillSource } from '../../../domain/series/merge-sources.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { confirmedEmpty } from '../coverage/slot-bits.sql.js';
import { columnsSql, decodeColumns, PRICES, type Columns } from './bar-columns.js';
import { IN_PAGE, pageValues, type PageRequest } from './bar-page.js';
import { FILL, LOOK, servedIndicatorsSql, servedSql } from './served-bars.sql.js';

export type { PriceColumns } from '../../../domain/bar.js';

/** Indicators of bars as columns; each is null where it is not defined yet. */
export interface IndicatorColumns {
  time: number[];
  close: number[];
  sma20: (number | null)[];
  sma50: (number | null)[];
  barReturn: (number | null)[];
  dailyReturn: (number | null)[];
}

/** Bars of several sources. */
export interface ServedPrices {
  bars: PriceColumns;
  /** For each bar the rank of its source among them, from 0; null if all are of the first. */
  source: number[] | null;
}

/** Bars that indicators are computed from. */
export interface CloseColumns {
  time: number[];
  /** Trading dates, YYYY-MM-DD. */
  session: string[];
  close: number[];
}

interface Ranked {
  /** Of the source among the later ones, from 1. */
  rank: number[];
}

/** Stored indicators of a page of the first source; what they must be computed from if a bar of a later source is served there. */
export type ServedIndicatorRows = { page: IndicatorColumns; mixed: null } | { page: null; mixed: MixedCloses };

/** A page of the first source, and what is served of later sources among its bars or shortly before. */
export interface MixedCloses {
  page: CloseColumns;
  /** Of later sources, from 50 bars before the page on. */
  fill: CloseColumns & Ranked;
  /** Bars of the first source before the page, at most 50. */
  look: CloseColumns;
  /** Bars before it may be missing, epoch ms; null: none are. */
  cut: number | null;
  /** The last served bar of an earlier session than the oldest served bar of the page. */
  before: { rank: number; session: string; close: number } | null;
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

  /**
   * What is served in a window: for each time, the bar of the first source that has one.
   * @param later sources by rank; their bars of the same timeframe count
   */
  async served(request: PageRequest, later: readonly number[]): Promise<ServedPrices> {
    if (later.length === 0) return { bars: await this.prices(request), source: null };
    const order = request.newest ? 'desc' : 'asc';
    const { rows } = await this.db.query<Record<string, Buffer | null>>({
      name: `served-prices-${order}`,
      text: servedSql(Object.keys(PRICES), order),
      values: [...pageValues(request), later],
    });
    const first = decodeColumns(PRICES, rows[0], request.newest);
    const { rank, ...fill } = decodeColumns<PriceColumns & Ranked>({ ...PRICES, ...RANK }, rows[0], false, FILL);
    return rank.length === 0 ? { bars: first, source: null } : joinPrices(first, fill, rank, request);
  }

  /** Indicators of the bars of a window, always ascending by time. */
  async indicators(request: PageRequest): Promise<IndicatorColumns> {
    return this.page(request, 'indicators', INDICATORS);
  }

  /** The same, with what is served of later sources. @param later by rank; their bars of the same timeframe count */
  async servedIndicators(request: PageRequest, later: readonly number[]): Promise<ServedIndicatorRows> {
    const order = request.newest ? 'desc' : 'asc';
    const { rows } = await this.db.query<ServedIndicatorsRow>({
      name: `served-indicators-${order}`,
      text: servedIndicatorsSql(Object.keys(INDICATORS), order),
      values: [...pageValues(request), later],
    });
    const { isMixed, cut, beforeRank, beforeSession, beforeClose, ...arrays } = rows[0]!;
    if (!isMixed) return { page: decodeColumns(INDICATORS, arrays, request.newest), mixed: null };
    const mixed: MixedCloses = {
      page: decodeColumns(CLOSES, arrays, request.newest),
      fill: decodeColumns<CloseColumns & Ranked>({ ...CLOSES, ...RANK }, arrays, false, FILL),
      look: decodeColumns(CLOSES, arrays, true, LOOK),
      cut,
      before: beforeRank === null ? null : { rank: beforeRank, session: beforeSession!, close: beforeClose! },
    };
    return { page: null, mixed };
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

type Nullable<T> = { [K in keyof T]: T[K] | null };
const INDICATORS: Columns<IndicatorColumns> = {
  time: 'timestamptz',
  close: 'float8',
  sma20: 'float8',
  sma50: 'float8',
  barReturn: 'float8',
  dailyReturn: 'float8',
};

const CLOSES: Columns<CloseColumns> = { time: 'timestamptz', session: 'date', close: 'float8' };
const RANK: Columns<Ranked> = { rank: 'float8' };
type ServedIndicatorsRow = Record<string, Buffer | null> & {
  isMixed: boolean;
  cut: number | null;
  beforeRank: number | null;
  beforeSession: string | null;
  beforeClose: number | null;
};

/** The bars of a page with those of later sources, up to its limit. */
function joinPrices(
  first: PriceColumns,
  fill: PriceColumns,
  rank: readonly number[],
  { newest, limit }: Pick<PageRequest, 'newest' | 'limit'>,
): ServedPrices {
  const { columns, source } = fillSource<PriceColumns>(first, fill, rank);
  const [begin, end] = newest ? [Math.max(0, source.length - limit), source.length] : [0, limit];
  return { bars: sliceColumns(columns, begin, end), source: source.slice(begin, end) };
}

// an aggregate takes its rows in the order of a sorted subquery, and here the index provides that order: nothing is sorted
const pageSql = (columns: string[], order: 'asc' | 'desc'): string => `
  select ${columnsSql(columns)}
  from (
    select * from bars
    where ${IN_PAGE}
    order by time ${order} limit $5
  ) page`;

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
