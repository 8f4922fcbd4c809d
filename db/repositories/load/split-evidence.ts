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
  /** By what is known, the provider did not yet send bars from before the ex-date at the new level. */
  isOld: boolean;
  /** `overlap` is of bars from before a former split. */
  isBeforeFormer: boolean;
}

/** A move of the market over more days than this says nothing about a split. */
const NEAR_EX_DATE = `interval '10 days'`;
/** Providers that restate late, or go back for a while, do so within this; later payloads are not compared any more. */
const MAY_BE_MIXED_FOR = `interval '30 days'`;

/** Of ready batches ($1), with the splits whose price level they may show. */
const AROUND_SPLITS = `
  select b.id, b.asset_id as "assetId", s.session::text, b.fetched_at as "fetchedAt", s.refuted_at is not null as "isRefuted",
    s.ratio, s.applied_at is not null as "isApplied", s.level_from > b.fetched_at as "isOld",
    coalesce(same.since_former, same.overlap) as overlap, same.since_former is null as "isBeforeFormer", before.close as "closeBefore", after.open as "openAfter",
    stored.close as "storedBefore"
  from batches b
  join splits s on s.asset_id = b.asset_id and s.in_force_at <= b.fetched_at
    and (s.applied_at is null or s.level_from > b.fetched_at or b.fetched_at < s.in_force_at + ${MAY_BE_MIXED_FOR})
  cross join lateral (
    select max(t.session) as session from splits t
    where t.asset_id = s.asset_id and t.session < s.session and t.in_force_at <= b.fetched_at) former
  cross join lateral (
    -- an earlier split may be restated or not: only bars since then are all at one level
    select percentile_cont(0.5) within group (order by i.close / o.close) as overlap,
      percentile_cont(0.5) within group (order by i.close / o.close) filter (where i.session >= former.session) as since_former
    from unnest(b.times, b.bar_sessions, b.closes) i(time, session, close)
    -- each is looked up: without statistics, PostgreSQL would compare every stored bar with every row of the batch
    cross join lateral (
      select s.close from bars s where s.asset_id = b.asset_id and s.timeframe = b.timeframe and s.time = i.time limit 1) o
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
    let level: number | null = 1;
    for (const [n, row] of [...ofBatch.entries()].toReversed()) {
      // next to a later split that may or may not be in effect, another level than the stored one says nothing
      const evidence =
        level === null ? 'unknown' : splitEvidence(withoutFormer(atLevel(row, level), ofBatch.slice(0, n)));
      if (evidence !== 'unknown') await tx.query(RECORD[evidence], [row.assetId, row.session, row.fetchedAt]);
      if (level !== null) level = levelBefore(row, evidence, level);
      if (row.isApplied) continue;
      const split = `${row.assetId} ${row.session}`;
      if (evidence === 'no_change') refuted.add(split);
      const isRefuted = row.isRefuted || refuted.has(split);
      if (evidence === 'unknown' ? !isRefuted : evidence !== 'no_change') held.add(Number(row.id));
    }
  }
  return held;
}

/** The level of a batch before a split, as payload ÷ store, if it is `level` after it; null if that is not known. */
function levelBefore({ ratio, isApplied, isOld, isRefuted }: BatchAroundSplit, evidence: SplitEvidence, level: number) {
  if (!isApplied) {
    if (evidence === 'unknown' && !isRefuted) return null;
    return evidence === 'restated' ? level / ratio : level;
  }
  return evidence === 'mixed' || (evidence === 'unknown' && isOld) ? level * ratio : level;
}

/** The prices as they would be if later splits were applied and restated. */
const atLevel = (row: BatchAroundSplit, level: number): BatchAroundSplit => ({
  ...row,
  overlap: row.overlap === null ? null : row.overlap / level,
  closeBefore: row.closeBefore === null ? null : row.closeBefore / level,
  openAfter: row.openAfter === null ? null : row.openAfter / level,
});

/**
 * The prices as they would be if former splits were applied and restated: bars from before one that the provider has not
 * restated yet are brought to its level, and a batch at the level after this split and all open ones before it counts as such.
 */
function withoutFormer(all: BatchAroundSplit, former: readonly BatchAroundSplit[]): BatchAroundSplit {
  const old = former.reduce((product, { isApplied, isOld, ratio }) => product * (isApplied && isOld ? ratio : 1), 1);
  const row = all.isBeforeFormer && all.overlap !== null ? { ...all, overlap: all.overlap / old } : all;
  if (row.isApplied || row.overlap === null) return row;
  const together = former.reduce((product, { isApplied, ratio }) => (isApplied ? product : product * ratio), row.ratio);
  return Math.abs(Math.log(row.overlap * together)) < 0.01 ? { ...row, overlap: 1 / row.ratio } : row;
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
