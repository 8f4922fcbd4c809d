import { type CrossingRule, isBeyond, type WatchedRule } from '../../../domain/alerts/crossing.js';
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

/** The sources `s` whose bars are served of the asset `a`. */
const SERVED = `coalesce(s.source_of, s.id) = a.id and s.role = 'serve'`;

/**
 * Each rule about an asset that is followed, with its bars. They are those that are served: of the first source that has one,
 * with the averages of what is served.
 */
export async function rulesWithBars(db: Queryable): Promise<WatchedRule[]> {
  const { rows } = await db.query<CrossingRule & WatchedRule>(
    `select r.id::float8 as id, a.symbol, r.timeframe, r.measure, r.direction, r.level, r.against, bars,
      case when r.checked_bar is not null
        then jsonb_build_object('time', ${epochMs('r.checked_bar')}, 'wasBeyond', r.was_beyond) end as checked
    from alert_rules r join assets a on a.id = r.asset_id and a.active
    cross join lateral (
      select max(b.time) as time from assets s
      cross join lateral (
        select time from bars where asset_id = s.id and timeframe = r.timeframe and time < r.checked_bar
        order by time desc limit 1) b
      where ${SERVED}) before
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('time', ${epochMs('b.time')}, 'close', b.close, 'sma_20', b.sma_20, 'sma_50', b.sma_50)
        order by b.time), '[]') as bars
      from (
        select n.time, n.close, case when m.is_mixed then (m.of_bar).sma_20 else n.sma_20 end as sma_20,
          case when m.is_mixed then (m.of_bar).sma_50 else n.sma_50 end as sma_50
        from (
          select distinct on (b.time) b.* from assets s
          join lateral (
            select time, close, sma_20, sma_50, s.rank from bars
            where asset_id = s.id and timeframe = r.timeframe and time >= coalesce(before.time, r.checked_bar, '-infinity')
            order by time desc limit case when r.checked_bar is null then 1 else ${MAX_BARS} end) b on true
          where ${SERVED}
          order by b.time desc, b.rank limit case when r.checked_bar is null then 1 else ${MAX_BARS} end) n
        left join lateral (
          select true as is_mixed, served_indicators(v) as of_bar from served_bars v
          where (r.measure, r.against) is distinct from ('close', null)
            and v.served_id = a.id and v.timeframe = r.timeframe and v.time = n.time and is_mixed(v)
          offset 0) m on true) b) newest
    order by r.id`,
  );
  return rows.map(({ checked, bars, ...rule }) => ({ rule, checked, bars }));
}

/** Each rule remembers the newest bar that it has looked at, and whether that is beyond. */
export async function rememberBars(tx: Queryable, watched: readonly WatchedRule[]): Promise<void> {
  const checked = watched.flatMap(({ rule, bars }) =>
    bars.slice(-1).map((bar) => ({ id: rule.id, time: bar.time, wasBeyond: isBeyond(rule, bar) })),
  );
  if (checked.length === 0) return;
  await tx.query(
    `update alert_rules r set checked_bar = n.bar, was_beyond = n.was_beyond
    from (select id, to_timestamp(time / 1000) as bar, "wasBeyond" as was_beyond
      from jsonb_to_recordset($1::jsonb) x (id bigint, time float8, "wasBeyond" boolean)) n
    where r.id = n.id and (r.checked_bar, r.was_beyond) is distinct from (n.bar, n.was_beyond)`,
    [JSON.stringify(checked)],
  );
}
