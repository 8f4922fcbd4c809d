import type pg from 'pg';
import type { Changes, ReadyBatch } from './batch-changes.js';
import type { HoldReason } from '../../../domain/adjustment/hold-reason.js';

/**
 * A split changes the level of all of an asset's prices at the provider at once. Two levels must never meet in a series: from
 * when a split becomes visible until it is applied (apply-splits.ts), loads of the asset are held back.
 */

/** This many bars with the same ratio to the stored ones show another price level; fewer may be corrections. */
const SHIFTED_BARS = 3;
/** Ratios this close are equal except for rounding. */
const SAME_RATIO = 1.002;
/** No correction moves several bars by the same 2 %; the smallest splits are larger. */
const LEAST_SHIFT = 1.02;

/** Whether a batch differs from the stored bars only in its price level. */
export function isLevelShift({ replaced, lowRatio, highRatio }: Changes): boolean {
  if (replaced.length < SHIFTED_BARS || lowRatio === null || highRatio === null) return false;
  return highRatio / lowRatio < SAME_RATIO && (lowRatio > LEAST_SHIFT || highRatio < 1 / LEAST_SHIFT);
}

/** Rescales batches that were fetched before a split which is applied by now. @returns `held`: batches whose asset has a split that is not */
export async function settleLevels(tx: pg.PoolClient, ready: ReadyBatch[]): Promise<{ held: Set<number> }> {
  if (ready.length === 0) return { held: new Set() };
  const { rows } = await tx.query<{ id: string; held: boolean }>(
    `select b.id, bool_or(c.applied_at is null) as held
    from batches b join corporate_actions c on c.asset_id = b.asset_id and c.kind = 'split'
    where b.id = any($1::bigint[]) and (c.applied_at is null or c.level_since > b.fetched_at)
    group by b.id`,
    [ready.map((batch) => batch.id)],
  );
  const old = rows.filter(({ held }) => !held).map(({ id }) => Number(id));
  if (old.length > 0) await rescale(tx, old);
  return { held: new Set(rows.filter(({ held }) => held).map(({ id }) => Number(id))) };
}

/** A price at the level after a split, as the provider has it: a float32, as its shortest decimal. */
export const scaledPrice = (price: string, factor: string): string => `(${price} / ${factor})::real::text::float8`;
export const scaledVolume = (volume: string, factor: string): string => `round(${volume} * ${factor})`;

async function rescale(tx: pg.PoolClient, ids: number[]): Promise<void> {
  const scaled = (column: string, value: (cell: string, factor: string) => string) =>
    `${column} = (select array_agg(${value('u.x', 'f.factor')} order by u.n) from unnest(b.${column}) with ordinality u(x, n))`;
  await tx.query(
    `update batches b set ${['opens', 'highs', 'lows', 'closes'].map((column) => scaled(column, scaledPrice)).join(', ')},
      ${scaled('volumes', scaledVolume)}, quote_price = ${scaledPrice('b.quote_price', 'f.factor')},
      -- restored bars were visible at this level since then
      loaded_at = case when b.loaded_at < f.applied_at then f.applied_at else b.loaded_at end
    from (
      select o.id, exp(sum(ln(c.numerator / c.denominator))) as factor, max(c.applied_at) as applied_at
      from batches o join corporate_actions c on c.asset_id = o.asset_id and c.kind = 'split' and c.level_since > o.fetched_at
      where o.id = any($1::bigint[]) group by o.id) f
    where b.id = f.id and cardinality(b.times) > 0`,
    [ids],
  );
}

/** Holds batches back for good: their bars are requested again after the split. */
export async function holdBatches(tx: pg.PoolClient, ids: number[], reason: HoldReason): Promise<void> {
  await tx.query(`update batches set state = $2 where id = any($1::bigint[])`, [
    ids,
    reason === 'split' ? 'held' : 'shifted',
  ]);
}
