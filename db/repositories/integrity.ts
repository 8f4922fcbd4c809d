import type pg from 'pg';
import type { BarColumns } from '../../domain/bar.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { StoredIndicators } from '../../domain/indicators/stored.js';
import type { SessionAction } from '../../domain/transform.js';
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

/** A whole series with what is stored beside each bar, oldest first. */
export type StoredSeries = BarColumns & StoredIndicators;

export async function readSeries(
  pool: pg.Pool | pg.PoolClient,
  assetId: number,
  timeframe: StoredTimeframe,
): Promise<StoredSeries> {
  const { rows } = await pool.query<Record<string, Buffer>>(
    `select array_send(array_agg(time order by time)) as time, array_send(array_agg(session order by time)) as session,
      array_send(array_agg(open order by time)) as open, array_send(array_agg(high order by time)) as high,
      array_send(array_agg(low order by time)) as low, array_send(array_agg(close order by time)) as close,
      array_send(array_agg(volume order by time)) as volume, array_send(array_agg(sma_20 order by time)) as sma20,
      array_send(array_agg(sma_50 order by time)) as sma50, array_send(array_agg(bar_return order by time)) as bar_return,
      array_send(array_agg(daily_return order by time)) as daily_return
    from bars where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  const row = rows[0]!;
  const prices = (column: string) => decodeFull('float8', row[column]!);
  const values = (column: string) => decodeArray('float8', row[column]!);
  return {
    time: decodeFull('timestamptz', row.time!),
    session: decodeFull('date', row.session!),
    open: prices('open'),
    high: prices('high'),
    low: prices('low'),
    close: prices('close'),
    volume: values('volume'),
    sma20: values('sma20'),
    sma50: values('sma50'),
    barReturn: values('bar_return'),
    dailyReturn: values('daily_return'),
  };
}

/** Splits and dividends of an asset, oldest first. */
export async function readActions(pool: pg.Pool, assetId: number): Promise<SessionAction[]> {
  const { rows } = await pool.query<SessionAction>(
    `select kind, session::text, amount, numerator, denominator, extract(epoch from session)::float8 * 1000 as time
    from corporate_actions where asset_id = $1 order by session, kind`,
    [assetId],
  );
  return rows;
}
