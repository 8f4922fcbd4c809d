import type { ProviderId } from '../../../config/catalog/providers.js';
import type { SeriesKey } from '../../../domain/bar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { decodeArray, decodeFull } from '../../binary-array.js';
import type { PriceColumns } from './bar-reader.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { storedBytes, SUM_OF_GONE } from '../../deleted.sql.js';
import type { Deleted } from '../../../domain/deleted.js';

/** Loads notify this channel without data: the notice only says that the log has grown. */
export const CHANGES_CHANNEL = 'bar_changes';

/**
 * A place in the log: everything up to it has been read. Places are ordered by transaction, then by row. A transaction is
 * returned once every older one has ended, so that none can appear before a place that a reader has passed.
 */
export interface LogPlace {
  xid: bigint;
  id: bigint;
}

export const isBefore = (a: LogPlace, b: LogPlace): boolean => a.xid < b.xid || (a.xid === b.xid && a.id < b.id);

/** What one load changed of what is served of one series. Times are epoch ms: open of the first and of the last changed bar, and when it was recorded (wall clock). */
export interface BarChange {
  place: LogPlace;
  /** Of the asset, whichever source has changed. */
  assetId: number;
  symbol: string;
  /** The source, if its rank is not the first. */
  source: ProviderId | null;
  timeframe: StoredTimeframe;
  firstTime: number;
  lastTime: number;
  inserted: number;
  updated: number;
  recordedAt: number;
  /**
   * All bars from the first to the last changed one, as they are now, without those that an earlier source has too; null if
   * there are too many.
   */
  bars: PriceColumns | null;
}

export interface LogPage {
  changes: BarChange[];
  /** Where to continue: after the last change, or after every transaction that has ended. */
  next: LogPlace;
  /** The limit was reached: there may be more. */
  more: boolean;
  /** Committed changes are waiting for an older transaction to end. */
  waiting: boolean;
}

/** The log of what loads changed (table bar_changes). */
export class BarChangeReader {
  constructor(private readonly db: Queryable) {}

  /**
   * Where a reader starts.
   * @param from a place from an earlier call; null = now
   * @returns `kept` false if changes after `from` were pruned or `from` is a place of another database: start from now
   */
  async begin(from: LogPlace | null): Promise<{ place: LogPlace; kept: boolean }> {
    const { rows } = await this.db.query<{ xmin: string; xid: string | null; id: string | null; pruned: boolean }>({
      name: 'bar-changes-begin',
      text: BEGIN,
    });
    const { xmin, xid, id, pruned } = rows[0]!;
    const now = { xid: BigInt(xmin), id: 0n };
    if (!from) return { place: now, kept: true };
    const oldest = xid !== null && id !== null && pruned ? { xid: BigInt(xid), id: BigInt(id) } : null;
    const kept = !isBefore(now, from) && !(oldest && isBefore(from, oldest));
    return { place: kept ? from : now, kept };
  }

  /**
   * The changes after a place, in order.
   * @param maxBars a change of more bars comes without them
   */
  async after({ xid, id }: LogPlace, limit: number, maxBars: number): Promise<LogPage> {
    const { rows } = await this.db.query<Row>({
      name: 'bar-changes-after',
      text: AFTER,
      values: [xid.toString(), id.toString(), limit, maxBars],
    });
    const found = rows.filter((row): row is ChangeRow => row.xid !== null);
    const all = found.map((row) => changeOf(row, maxBars));
    const changes = all.filter(
      ({ bars }, i) => found[i]!.isServed && (found[i]!.source === null || bars?.time.length !== 0),
    );
    const more = all.length === limit;
    const next = more ? all.at(-1)!.place : { xid: BigInt(rows[0]!.xmin), id: 0n };
    return { changes, next, more, waiting: rows[0]!.waiting };
  }

  /**
   * The series whose changes have become visible since a snapshot, whatever the order of their commits.
   * @param snapshot from an earlier call; null = none yet: returns no series
   */
  async since(snapshot: string | null): Promise<{ snapshot: string; changed: SeriesKey[] }> {
    const { rows } = await this.db.query<Nullable<SeriesKey> & { snapshot: string }>({
      name: 'bar-changes-since',
      text: SINCE,
      values: [snapshot],
    });
    const changed = rows.flatMap(({ assetId, timeframe }) => (assetId && timeframe ? [{ assetId, timeframe }] : []));
    return { snapshot: rows[0]!.snapshot, changed };
  }
}

/**
 * Deletes changes older than 24 h, oldest first. The newest of them stays: it marks the start of the log, so that a reader
 * that returns can see whether changes were pruned in the meantime.
 */
export async function pruneChanges(db: Queryable): Promise<Deleted> {
  const { rows } = await db.query<Deleted>(
    `with young as (
       select xid, id from bar_changes where recorded_at >= now() - ${KEPT} order by xid, id limit 1),
     mark as (
       select xid, id from bar_changes
       where (xid, id) < (coalesce((select xid from young), '18446744073709551615'), coalesce((select id from young), 0))
       order by xid desc, id desc limit 1),
     gone as (
       delete from bar_changes c using mark where (c.xid, c.id) < (mark.xid, mark.id) returning ${storedBytes('c')} as bytes)
     ${SUM_OF_GONE}`,
  );
  return rows[0]!;
}

interface Horizon {
  xmin: string;
  waiting: boolean;
}
interface ChangeRow extends Horizon, Omit<BarChange, 'place' | 'bars'> {
  xid: string;
  id: string;
  /** Its source is. */
  isServed: boolean;
  count: number;
  times: Buffer | null;
  opens: Buffer | null;
  highs: Buffer | null;
  lows: Buffer | null;
  closes: Buffer | null;
  volumes: Buffer | null;
}
type Row = ChangeRow | (Horizon & { xid: null });

const changeOf = (row: ChangeRow, maxBars: number): BarChange => ({
  place: { xid: BigInt(row.xid), id: BigInt(row.id) },
  assetId: row.assetId,
  symbol: row.symbol,
  source: row.source,
  timeframe: row.timeframe,
  firstTime: row.firstTime,
  lastTime: row.lastTime,
  inserted: row.inserted,
  updated: row.updated,
  recordedAt: row.recordedAt,
  bars: row.times && row.count <= maxBars ? barsOf(row.times, row) : null,
});

const barsOf = (times: Buffer, { opens, highs, lows, closes, volumes }: ChangeRow): PriceColumns => ({
  time: decodeFull('timestamptz', times),
  open: decodeFull('float8', opens!),
  high: decodeFull('float8', highs!),
  low: decodeFull('float8', lows!),
  close: decodeFull('float8', closes!),
  volume: decodeArray('float8', volumes!),
});

type Nullable<T> = { [K in keyof T]: T[K] | null };

const KEPT = `interval '24 hours'`;

const BEGIN = `
  select s.xmin::text, oldest.xid::text, oldest.id::text, coalesce(oldest.recorded_at < now() - ${KEPT}, false) as pruned
  from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s
  left join lateral (select xid, id, recorded_at from bar_changes order by xid, id limit 1) oldest on true`;

// one snapshot yields the horizon and the rows. Rows from a restored dump carry transaction ids of another server, which
// may lie in the future here: nothing waits for them
const AFTER = `
  select s.xmin::text, s.waiting, c.xid::text, c.id::text, c.served_id as "assetId", c.symbol, c.source, c.is_served as "isServed", c.timeframe, c.inserted, c.updated,
    ${epochMs('c.first_time')} as "firstTime", ${epochMs('c.last_time')} as "lastTime", ${epochMs('c.recorded_at')} as "recordedAt",
    b.count, b.times, b.opens, b.highs, b.lows, b.closes, b.volumes
  from (
    select h.xmin, exists (select 1 from bar_changes w where w.xid >= h.xmin and w.xid < h.xmax) as waiting
    from (
      select pg_snapshot_xmin(pg_current_snapshot()) as xmin, pg_snapshot_xmax(pg_current_snapshot()) as xmax) h
  ) s
  left join lateral (
    select l.*, a.symbol, coalesce(a.source_of, a.id) as served_id, a.rank, a.role = 'serve' as is_served,
      case when a.rank > 1 then a.provider end as source from (
      select * from bar_changes l where (l.xid, l.id) > ($1::xid8, $2::bigint) and l.xid < s.xmin
      order by l.xid, l.id limit $3) l
    join assets a on a.id = l.asset_id) c on true
  left join lateral (
    select count(*)::int as count, array_send(array_agg(o.time)) as times, array_send(array_agg(o.open)) as opens,
      array_send(array_agg(o.high)) as highs, array_send(array_agg(o.low)) as lows,
      array_send(array_agg(o.close)) as closes, array_send(array_agg(o.volume)) as volumes
    from (
      select * from bars p
      where p.asset_id = c.asset_id and p.timeframe = c.timeframe and p.time between c.first_time and c.last_time
        and c.is_served and c.inserted + c.updated <= $4
        and (c.rank = 1 or not exists (
          select 1 from assets a join bars e on e.asset_id = a.id and e.timeframe = p.timeframe and e.time = p.time
          where coalesce(a.source_of, a.id) = c.served_id and a.rank < c.rank and a.role = 'serve'))
      order by p.time limit $4 + 1) o
  ) b on true
  order by c.xid, c.id`;

// what the earlier snapshot did not see is newer than its oldest open transaction, so this reads few rows. Rows of a
// restored dump, whose transaction ids lie in the future here, are never new
const SINCE = `
  select pg_current_snapshot()::text as snapshot, c.asset_id as "assetId", c.timeframe
  from (values (true)) one
  left join (
    select distinct asset_id, timeframe from bar_changes
    where xid >= pg_snapshot_xmin($1::pg_snapshot) and xid < pg_snapshot_xmax(pg_current_snapshot())
      and not pg_visible_in_snapshot(xid, $1::pg_snapshot)
  ) c on true`;
