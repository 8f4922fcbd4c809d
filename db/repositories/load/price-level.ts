import type pg from 'pg';
import type { Changes, ReadyBatch } from './batch-changes.js';
import type { HoldReason } from '../../../domain/adjustment/hold-reason.js';
import { isDividedBy, scaledPrice, scaledVolume } from './price-level.sql.js';
import { recordEvidence } from './split-evidence.js';

/**
 * A split changes the level of all of an asset's prices at the provider at once. Two levels must never meet in a series: from
 * the open of a split's ex-date until it is applied (apply-splits.ts), payloads are held back unless their prices show that it
 * is not real (split-evidence.ts). Once it is applied, payloads that still have the old level are divided as they are loaded.
 */

/** This many bars with the same ratio to the stored ones show another price level; fewer may be corrections. */
const SHIFTED_BARS = 3;
/** Ratios this close are equal except for rounding. */
const SAME_RATIO = 1.002;
/** No correction moves several bars by the same 2 %; the smallest splits are larger. */
const LEAST_SHIFT = 1.02;

/**
 * Those of some batches that differ from the stored bars only in their price level. By the ratio of an applied split a single
 * bar shows it: the provider has taken the split back.
 */
export async function findLevelShifts(tx: pg.PoolClient, changes: readonly Changes[]): Promise<Changes[]> {
  const moved = changes.filter(isMovedByOneRatio);
  const few = moved.filter((change) => change.moved < SHIFTED_BARS);
  if (few.length === 0) return moved;
  const { rows: splits } = await tx.query<{ assetId: number; ratio: number }>(
    'select asset_id as "assetId", ratio from splits where asset_id = any($1::int[]) and applied_at is not null',
    [few.map(({ batch }) => batch.assetId)],
  );
  const isBySplit = ({ batch, lowRatio }: Changes) =>
    splits.some(
      ({ assetId, ratio }) =>
        assetId === batch.assetId &&
        Math.abs(Math.abs(Math.log(lowRatio!)) - Math.abs(Math.log(ratio))) < Math.log(SAME_RATIO),
    );
  return moved.filter((change) => change.moved >= SHIFTED_BARS || isBySplit(change));
}

function isMovedByOneRatio({ moved, lowRatio, highRatio }: Changes): boolean {
  if (moved === 0 || lowRatio === null || highRatio === null) return false;
  return highRatio / lowRatio < SAME_RATIO && (lowRatio > LEAST_SHIFT || highRatio < 1 / LEAST_SHIFT);
}

/** Brings batches to the stored level. @returns the batches that must wait until a split of their asset is applied */
export async function settleLevels(tx: pg.PoolClient, ready: ReadyBatch[]): Promise<{ held: Set<number> }> {
  if (ready.length === 0) return { held: new Set() };
  const ids = ready.map((batch) => batch.id);
  const held = await recordEvidence(tx, ids);
  await rescaleBatches(
    tx,
    ids.filter((id) => !held.has(id)),
  );
  return { held };
}

/** Divides what ready batches have at the level before an applied split. */
export async function rescaleBatches(tx: pg.PoolClient, ids: number[]): Promise<void> {
  const prices = ['open', 'high', 'low', 'close'];
  const at = (column: string, value: string) =>
    `array_agg(case when f.factor is null then u.${column} else ${value} end order by u.n) as ${column}s`;
  await tx.query(
    `update batches b set ${[...prices, 'volume'].map((column) => `${column}s = scaled.${column}s`).join(', ')},
      -- restored bars were visible at this level since then
      loaded_at = case when b.loaded_at < scaled.applied_at then scaled.applied_at else b.loaded_at end
    from (
      select o.id, max(f.applied_at) as applied_at, ${prices.map((column) => at(column, scaledPrice(`u.${column}`, 'f.factor'))).join(', ')},
        ${at('volume', scaledVolume('u.volume', 'f.factor'))}
      from batches o
      cross join unnest(o.bar_sessions, o.opens, o.highs, o.lows, o.closes, o.volumes) with ordinality
        u(session, open, high, low, close, volume, n)
      cross join lateral (
        select exp(sum(ln(s.ratio))) as factor, max(s.applied_at) as applied_at
        from splits s where ${isDividedBy('o.asset_id', 'u.session', 'o.fetched_at')}) f
      where o.id = any($1::bigint[]) and o.state = 'ready' and exists (
        select 1 from splits s where ${isDividedBy('o.asset_id', 'o.bar_sessions[1]', 'o.fetched_at')})
      group by o.id) scaled
    where b.id = scaled.id`,
    [ids],
  );
  await tx.query(
    `update batches b set quote_price = ${scaledPrice('b.quote_price', 'f.factor')}
    from batches o cross join lateral (${factorOfQuote('o.asset_id', 'o.fetched_at')}) f
    where b.id = any($1::bigint[]) and o.id = b.id and b.state = 'ready' and b.quote_price is not null and f.factor is not null`,
    [ids],
  );
}

/** A live price is of the day on which it was fetched. */
const factorOfQuote = (assetId: string, fetchedAt: string): string =>
  `select exp(sum(ln(s.ratio))) as factor from splits s
  where s.asset_id = ${assetId} and s.applied_at is not null and s.in_force_at > ${fetchedAt}`;

/** Holds batches back for good: their bars are requested again after the split. */
export async function holdBatches(tx: pg.PoolClient, ids: number[], reason: HoldReason): Promise<void> {
  await tx.query(`update batches set state = $2 where id = any($1::bigint[])`, [
    ids,
    reason === 'split' ? 'held' : 'shifted',
  ]);
}
