import type pg from 'pg';
import type { SeriesKey } from '../../../domain/bar.js';
import { inTransaction } from '../../transaction.js';
import { lockBadRows } from '../load/write-batch.js';

/** How many entries one transaction makes of several, and how many transactions one call is allowed. */
const ENTRIES_AT_ONCE = 1_000;
const MAX_TRANSACTIONS = 20;

/**
 * Merges undecided entries of the quarantine that have the same values: earlier releases made one of each payload. Until
 * then each stands for its own payload. Does no more than a part of it at a time: the next call goes on.
 * @returns how many entries went into others
 */
export async function mergeRejected(pool: pg.Pool, entriesAtOnce = ENTRIES_AT_ONCE): Promise<number> {
  const { rows } = await pool.query<SeriesKey & { entries: number }>(
    `select asset_id as "assetId", timeframe, count(*)::int as entries from (
        select asset_id, timeframe from rejected_bars where state in ('open', 'stored')
        group by asset_id, timeframe, time, rule, raw, state having count(*) > 1) repeated
      group by 1, 2 order by 1, 2`,
  );
  const parts = rows.flatMap(({ entries, ...series }) =>
    Array.from({ length: Math.ceil(entries / entriesAtOnce) }, () => series),
  );
  let removed = 0;
  for (const series of parts.slice(0, MAX_TRANSACTIONS)) removed += await mergeSome(pool, series, entriesAtOnce);
  return removed;
}

async function mergeSome(pool: pg.Pool, series: SeriesKey, entries: number): Promise<number> {
  return inTransaction(pool, async (tx) => {
    await lockBadRows(tx, series);
    const { rows } = await tx.query<{ removed: number }>(MERGE, [series.assetId, series.timeframe, entries]);
    return rows[0]!.removed;
  });
}

/** $1 asset, $2 timeframe, $3 entries at the most. The entry of the latest payload stays; one that is decided on meanwhile is left alone. */
const MERGE = `
  with repeated as (
    select array_agg(id) as ids from rejected_bars
    where asset_id = $1 and timeframe = $2 and state in ('open', 'stored')
    group by time, rule, raw, state having count(*) > 1 limit $3
  ), held as materialized (
    select r.* from rejected_bars r
    where r.id in (select unnest(ids) from repeated) and r.state in ('open', 'stored') order by r.id for update
  ), entry as (
    select array_agg(id) as ids, (array_agg(id order by payload_id desc, row desc))[1] as kept, min(created_at) as created_at
    from held group by time, rule, raw, state having count(*) > 1
  ), sent as (
    select kept, created_at, count(*)::int as n, array_agg(payload_id order by payload_id, row) as payloads,
      array_agg(row order by payload_id, row) as rows
    from (
      select distinct e.kept, e.created_at, s.payload_id, s.row from entry e join rejected_rows s on s.id = any(e.ids)) every_row
    group by kept, created_at
  ), merged as (
    update rejected_bars r set earlier_payloads = s.payloads[:s.n - 1], earlier_rows = s.rows[:s.n - 1], created_at = s.created_at
    from sent s where r.id = s.kept
  ), removed as (
    delete from rejected_bars r using entry e where r.id = any(e.ids) and r.id <> e.kept returning 1
  )
  select count(*)::int as removed from removed`;
