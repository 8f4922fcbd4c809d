import type pg from 'pg';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { decodeArray, decodeFull } from '../binary-array.js';

/** Questions that prove, or disprove, what the store says of itself. */

export interface SeriesSummary {
  assetId: number;
  symbol: string;
  exchange: CalendarId;
  timeframe: StoredTimeframe;
  bars: number;
  first: Date | null;
  last: Date | null;
  /** By coverage: slots with a bar, and slots that the provider left empty. */
  filled: number;
  pending: number;
  /** Sessions whose coverage does not tell what is stored. */
  wrongSessions: number;
  rejected: number;
  revisions: number;
}

/** One row an asset and timeframe, recounted from the bars themselves. */
export async function summariseSeries(pool: pg.Pool): Promise<SeriesSummary[]> {
  const { rows } = await pool.query<SeriesSummary>(`
    with counted as (
      select asset_id, timeframe, session, count(*)::int as bars, min(time) as first, max(time) as last from bars group by 1, 2, 3
    ), sessions as (
      select coalesce(b.asset_id, c.asset_id) as asset_id, coalesce(b.timeframe, c.timeframe) as timeframe, b.bars, b.first, b.last,
        c.filled, c.pending, coalesce(b.bars, 0) <> coalesce(c.filled, 0) as wrong
      from counted b full join coverage c using (asset_id, timeframe, session)
    )
    select a.id as "assetId", a.symbol, a.exchange, s.timeframe, coalesce(sum(s.bars), 0)::int as bars, min(s.first) as first, max(s.last) as last,
      coalesce(sum(s.filled), 0)::int as filled, coalesce(sum(s.pending), 0)::int as pending,
      (count(*) filter (where s.wrong))::int as "wrongSessions",
      (select count(*)::int from rejected_bars r where r.asset_id = a.id and r.timeframe = s.timeframe) as rejected,
      (select count(*)::int from bar_revisions v where v.asset_id = a.id and v.timeframe = s.timeframe) as revisions
    from sessions s join assets a on a.id = s.asset_id
    group by a.id, a.symbol, a.exchange, s.timeframe order by a.id, s.timeframe`);
  return rows;
}

export interface StoredSeries {
  closes: number[];
  sessions: string[];
  sma20: (number | null)[];
  sma50: (number | null)[];
  barReturn: (number | null)[];
  dailyReturn: (number | null)[];
}

/** A whole series, oldest first. */
export async function readSeries(pool: pg.Pool, assetId: number, timeframe: StoredTimeframe): Promise<StoredSeries> {
  const { rows } = await pool.query<Record<string, Buffer>>(
    `select array_send(array_agg(close order by time)) as closes, array_send(array_agg(session order by time)) as sessions,
      array_send(array_agg(sma_20 order by time)) as sma20, array_send(array_agg(sma_50 order by time)) as sma50,
      array_send(array_agg(bar_return order by time)) as bar_return, array_send(array_agg(daily_return order by time)) as daily_return
    from bars where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  const row = rows[0]!;
  return {
    closes: decodeFull('float8', row.closes!),
    sessions: decodeFull('date', row.sessions!),
    sma20: decodeArray('float8', row.sma20!),
    sma50: decodeArray('float8', row.sma50!),
    barReturn: decodeArray('float8', row.bar_return!),
    dailyReturn: decodeArray('float8', row.daily_return!),
  };
}
