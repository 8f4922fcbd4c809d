import type { CrossingBar, CrossingRule } from '../../../domain/alerts/crossing.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** A rule as it is stored. */
export type StoredRule = CrossingRule & { assetId: number; createdAt: Date };

const RULE = `r.id::float8 as id, r.asset_id as "assetId", a.symbol, r.timeframe, r.measure, r.direction, r.level, r.against,
  r.created_at as "createdAt"`;

/** All rules, by id. @param assetId of the asset that they are about; undefined = any */
export async function readRules(db: Queryable, assetId?: number): Promise<StoredRule[]> {
  const { rows } = await db.query<StoredRule>(
    `select ${RULE} from alert_rules r join assets a on a.id = r.asset_id where $1::int is null or r.asset_id = $1 order by r.id`,
    [assetId ?? null],
  );
  return rows;
}

/** @returns the rule; it begins with the bars that are final from now on */
export async function insertRule(
  tx: Queryable,
  { assetId, timeframe, measure, direction, level, against }: Omit<CrossingRule, 'id' | 'symbol'> & { assetId: number },
): Promise<StoredRule> {
  const { rows } = await tx.query<StoredRule>(
    `with r as (
      insert into alert_rules (asset_id, timeframe, measure, direction, level, against) values ($1, $2, $3, $4, $5, $6) returning *)
    select ${RULE} from r join assets a on a.id = r.asset_id`,
    [assetId, timeframe, measure, direction, level, against],
  );
  return rows[0]!;
}

/** @returns the rule that was deleted; null if there is none */
export async function deleteRule(tx: Queryable, id: number): Promise<StoredRule | null> {
  const { rows } = await tx.query<StoredRule>(
    `with r as (delete from alert_rules where id = $1 returning *)
    select ${RULE} from r join assets a on a.id = r.asset_id`,
    [id],
  );
  return rows[0] ?? null;
}

/** After a long time without evaluations, the oldest bars are left out. */
const MAX_BARS = 1_000;

/**
 * Each rule about an asset that is followed, with the last bar that it has looked at and those after it, ascending. They are
 * the bars that are served: of the first source that has one.
 */
export async function rulesWithBars(db: Queryable): Promise<{ rule: CrossingRule; bars: CrossingBar[] }[]> {
  const { rows } = await db.query<CrossingRule & { bars: CrossingBar[] }>(
    `select r.id::float8 as id, a.symbol, r.timeframe, r.measure, r.direction, r.level, r.against, bars
    from alert_rules r join assets a on a.id = r.asset_id and a.active
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('time', ${epochMs('b.time')}, 'close', b.close, 'sma_20', b.sma_20, 'sma_50', b.sma_50)
        order by b.time), '[]') as bars
      from (
        select n.time, n.close, n.sma_20, n.sma_50 from (
          select distinct on (b.time) b.* from assets s
          join lateral (
            select time, close, sma_20, sma_50, s.rank from bars
            where asset_id = s.id and timeframe = r.timeframe and time >= coalesce(r.checked_bar, '-infinity')
            order by time desc limit case when r.checked_bar is null then 1 else ${MAX_BARS} end) b on true
          where coalesce(s.source_of, s.id) = a.id and s.role = 'serve'
          order by b.time desc, b.rank) n
        order by n.time desc limit case when r.checked_bar is null then 1 else ${MAX_BARS} end) b) newest
    order by r.id`,
  );
  return rows.map(({ bars, ...rule }) => ({ rule, bars }));
}

/** Remembers the newest bar that each rule has looked at. Epoch ms. */
export async function rememberBars(tx: Queryable, checked: readonly { id: number; bar: number }[]): Promise<void> {
  if (checked.length === 0) return;
  await tx.query(
    `update alert_rules r set checked_bar = to_timestamp(n.bar / 1000)
    from unnest($1::bigint[], $2::float8[]) n (id, bar)
    where r.id = n.id and r.checked_bar is distinct from to_timestamp(n.bar / 1000)`,
    [checked.map(({ id }) => id), checked.map(({ bar }) => bar)],
  );
}
