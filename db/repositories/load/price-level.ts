import type pg from 'pg';
import type { Changes, ReadyBatch } from './batch-changes.js';
import type { HoldReason } from '../../../domain/adjustment/hold-reason.js';

/**
 * A split changes the level of all of an asset's prices at once, at the provider. Two levels must never meet in a series:
 * from when a split shows until it is applied (splits.ts), loads of the asset are held back.
 */

/** Bars that came again, all with the same ratio to what is stored, show another price level; fewer may be corrections. */
const SHIFTED_BARS = 3;
/** As far as rounding goes, the ratios are the same. */
const SAME_RATIO = 1.002;
/** No correction moves several bars by the same 2 %; the smallest splits are larger. */
const LEAST_SHIFT = 1.02;

/** Whether what a batch changes is nothing but another price level. */
export function isLevelShift({ replaced, lowRatio, highRatio }: Changes): boolean {
  if (replaced.length < SHIFTED_BARS || lowRatio === null || highRatio === null) return false;
  return highRatio / lowRatio < SAME_RATIO && (lowRatio > LEAST_SHIFT || highRatio < 1 / LEAST_SHIFT);
}

/** Batches of assets with a split that is not applied; those fetched before a split that is are brought to its level. */
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

/** A price at the level after a split, as the provider gives it: its float32 as the shortest decimal. */
export const scaledPrice = (price: string, factor: string): string => `(${price} / ${factor})::real::text::float8`;
export const scaledVolume = (volume: string, factor: string): string => `round(${volume} * ${factor})`;

async function rescale(tx: pg.PoolClient, ids: number[]): Promise<void> {
  const scaled = (column: string, value: (cell: string, factor: string) => string) =>
    `${column} = (select array_agg(${value('u.x', 'f.factor')} order by u.n) from unnest(b.${column}) with ordinality u(x, n))`;
  await tx.query(
    `update batches b set ${['opens', 'highs', 'lows', 'closes'].map((column) => scaled(column, scaledPrice)).join(', ')},
      ${scaled('volumes', scaledVolume)}, quote_price = ${scaledPrice('b.quote_price', 'f.factor')},
      -- bars that come back were shown at this level since then
      loaded_at = case when b.loaded_at < f.applied_at then f.applied_at else b.loaded_at end
    from (
      select o.id, exp(sum(ln(c.numerator / c.denominator))) as factor, max(c.applied_at) as applied_at
      from batches o join corporate_actions c on c.asset_id = o.asset_id and c.kind = 'split' and c.level_since > o.fetched_at
      where o.id = any($1::bigint[]) group by o.id) f
    where b.id = f.id and cardinality(b.times) > 0`,
    [ids],
  );
}

/** Sets batches aside for good: what they hold is asked for again after the split. */
export async function holdBatches(tx: pg.PoolClient, ids: number[], reason: HoldReason): Promise<void> {
  await tx.query(`update batches set state = $2 where id = any($1::bigint[])`, [
    ids,
    reason === 'split' ? 'held' : 'shifted',
  ]);
}
