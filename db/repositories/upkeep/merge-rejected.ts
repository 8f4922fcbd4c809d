import type pg from 'pg';
import type { SeriesKey } from '../../../domain/bar.js';
import { inTransaction } from '../../transaction.js';
import { lockBadRows } from '../load/write-batch.js';

/** A series can record no bad rows while its entries are merged: this many take about a second. */
const MAX_ENTRIES = 20_000;

/**
 * Merges undecided entries of the quarantine that have the same values: earlier releases made one for each payload. Until
 * they are merged, each stands for its own payload.
 * @param most entries to look at; the next call goes on with the others
 * @returns how many entries went into others
 */
export async function mergeRejected(pool: pg.Pool, most = MAX_ENTRIES): Promise<number> {
  const { rows } = await pool.query<SeriesKey & { ids: string[] }>(
    `select asset_id as "assetId", timeframe, array_agg(id) as ids from (
        select id, asset_id, timeframe from (
          select *, count(*) over (partition by asset_id, timeframe, time, rule, raw, state) as entries
          from rejected_bars where state in ('open', 'stored')) undecided
        where entries > 1 order by asset_id, timeframe, time, rule, raw, state limit $1) repeated
      group by 1, 2 order by 1, 2`,
    [most],
  );
  let merged = 0;
  for (const { ids, ...series } of rows) merged += await mergeEntries(pool, series, ids);
  return merged;
}

async function mergeEntries(pool: pg.Pool, series: SeriesKey, ids: string[]): Promise<number> {
  return inTransaction(pool, async (tx) => {
    await lockBadRows(tx, series);
    const { rowCount } = await tx.query(MERGE, [ids]);
    return rowCount ?? 0;
  });
}

/** $1 ids. The entry of the latest payload stays. One that is decided on meanwhile is left alone. */
const MERGE = `
  with held as materialized (
    select * from rejected_bars where id = any($1::bigint[]) and state in ('open', 'stored') order by id for update
  ), entry as (
    select array_agg(id) as ids, (array_agg(id order by payload_id desc, row desc))[1] as kept, min(created_at) as created_at
    from held group by time, rule, raw, state having count(*) > 1
  ), sent as (
    select kept, created_at, count(*)::int as n, array_agg(payload_id order by payload_id, row) as payloads,
      array_agg(row order by payload_id, row) as rows
    from (
      select distinct e.kept, e.created_at, r.payload_id, r.row from entry e join rejected_rows r on r.id = any(e.ids)) every_row
    group by kept, created_at
  ), merged as (
    update rejected_bars r set earlier_payloads = s.payloads[:s.n - 1], earlier_rows = s.rows[:s.n - 1], created_at = s.created_at
    from sent s where r.id = s.kept
  )
  delete from rejected_bars r using entry e where r.id = any(e.ids) and r.id <> e.kept`;
