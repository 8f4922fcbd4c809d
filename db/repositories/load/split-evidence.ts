import type pg from 'pg';
import {
  type PricesAroundSplit,
  type SplitEvidence,
  splitEvidence,
} from '../../../domain/adjustment/split-evidence.js';

/** The prices of a batch around a split that was in force when it was fetched. */
interface BatchAroundSplit extends PricesAroundSplit {
  id: string;
  assetId: number;
  session: string;
  fetchedAt: Date;
  isRefuted: boolean;
}

/** A move of the market over more days than this says nothing about a split. */
const NEAR_EX_DATE = `interval '10 days'`;
/** Providers that restate late, or go back for a while, do so within this; later payloads are not compared any more. */
const MAY_BE_MIXED_FOR = `interval '30 days'`;

/** Of ready batches ($1), with the splits whose price level they may show. */
const AROUND_SPLITS = `
  select b.id, b.asset_id as "assetId", s.session::text, b.fetched_at as "fetchedAt", s.refuted_at is not null as "isRefuted",
    s.ratio, s.applied_at is not null as "isApplied", same.overlap, before.close as "closeBefore", after.open as "openAfter",
    stored.close as "storedBefore"
  from batches b
  join splits s on s.asset_id = b.asset_id and s.in_force_at <= b.fetched_at
    and (s.applied_at is null or s.level_from > b.fetched_at or b.fetched_at < s.in_force_at + ${MAY_BE_MIXED_FOR})
  cross join lateral (
    select percentile_cont(0.5) within group (order by i.close / o.close) as overlap
    from unnest(b.times, b.bar_sessions, b.closes) i(time, session, close)
    join bars o on o.asset_id = b.asset_id and o.timeframe = b.timeframe and o.time = i.time
    where i.session < s.session) same
  left join lateral (
    select i.close from unnest(b.times, b.bar_sessions, b.closes) i(time, session, close)
    where i.session < s.session and i.session >= s.session - ${NEAR_EX_DATE} order by i.time desc limit 1) before on true
  left join lateral (
    select i.open from unnest(b.times, b.bar_sessions, b.opens) i(time, session, open)
    where i.session >= s.session and i.session < s.session + ${NEAR_EX_DATE} order by i.time limit 1) after on true
  left join lateral (
    select o.close from bars o
    where o.asset_id = b.asset_id and o.timeframe = b.timeframe and o.session < s.session
      and o.time >= s.session::timestamp at time zone 'UTC' - ${NEAR_EX_DATE}
      and o.time < s.session::timestamp at time zone 'UTC' + interval '1 day'
    order by o.time desc limit 1) stored on true
  where b.id = any($1::bigint[]) and b.state = 'ready'
  order by b.fetched_at, b.sha256, s.session`;

/**
 * Records what ready batches show about the splits of their assets, each after its ex-date.
 * @returns the batches that must wait until a split is applied: they show it, or do not show whether it is real
 */
export async function recordEvidence(tx: pg.PoolClient, batchIds: number[]): Promise<Set<number>> {
  const { rows } = await tx.query<BatchAroundSplit>(AROUND_SPLITS, [batchIds]);
  const held = new Set<number>();
  const refuted = new Set<string>();
  for (const ofBatch of Map.groupBy(rows, ({ id }) => Number(id)).values()) {
    const open = ofBatch.filter(({ isApplied }) => !isApplied);
    let waits = false;
    for (const row of withoutEachOther(open)) {
      const split = `${row.assetId} ${row.session}`;
      const evidence = await record(tx, row);
      if (evidence === 'no_change') refuted.add(split);
      waits ||= evidence === 'unknown' ? !row.isRefuted && !refuted.has(split) : evidence !== 'no_change';
    }
    if (waits) held.add(Number(ofBatch[0]!.id));
    // next to a split that is not applied yet, another level than the stored one says nothing about those that are
    else for (const row of ofBatch.filter(({ isApplied }) => isApplied)) await record(tx, row);
  }
  return held;
}

async function record(tx: pg.PoolClient, row: BatchAroundSplit): Promise<SplitEvidence> {
  const evidence = splitEvidence(row);
  if (evidence !== 'unknown') await tx.query(RECORD[evidence], [row.assetId, row.session, row.fetchedAt]);
  return evidence;
}

/** Where a batch is at the level after several splits, each is looked at as if the others were applied. */
function withoutEachOther(open: BatchAroundSplit[]): BatchAroundSplit[] {
  const together = open.reduce((product, { ratio }) => product * ratio, 1);
  const isAfterAll = (overlap: number) => Math.abs(Math.log(overlap * together)) < 0.01;
  return open.map((row) =>
    row.overlap !== null && isAfterAll(row.overlap) ? { ...row, overlap: 1 / row.ratio } : row,
  );
}

const SPLIT = `c.asset_id = $1 and c.kind = 'split' and c.session = $2`;

/** $1 asset, $2 ex-date, $3 when the payload was fetched. */
const RECORD = {
  /** Amounts of dividends were divided as those of the old level, where their payload came before this one was loaded. */
  restated: `
    with since as (
      update corporate_actions c set level_since = $3, refuted_at = null
      from (select asset_id, kind, session, coalesce(level_since, 'infinity') as until from corporate_actions) former
      where ${SPLIT} and (former.asset_id, former.kind, former.session) = (c.asset_id, c.kind, c.session)
        and former.until > $3 and (c.mixed_at is null or c.mixed_at < $3)
      returning former.until, c.numerator / c.denominator as ratio, c.applied_at)
    update corporate_actions d set amount = d.amount * since.ratio
    from since, raw_payloads p
    where d.asset_id = $1 and d.kind = 'dividend' and d.session < $2 and p.id = d.payload_id
      and since.applied_at is not null and p.fetched_at >= $3 and p.fetched_at < since.until`,
  mixed: `
    update corporate_actions c set mixed_at = $3, refuted_at = null,
      level_since = case when c.level_since > $3 then c.level_since end
    where ${SPLIT} and (c.mixed_at is null or c.mixed_at < $3)`,
  no_change: `
    update corporate_actions c set refuted_at = $3
    where ${SPLIT} and c.applied_at is null and (c.refuted_at is null or c.refuted_at < $3)`,
};
