import { columnsSql, sqlName } from './bar-columns.js';
import { IN_PAGE } from './bar-page.js';

type Order = 'asc' | 'desc';

/** Prefixes of the columns that are not of the page. */
export const FILL = 'fill.';
export const LOOK = 'look.';

/** More bars before a page than its stored indicators look back to. */
const LOOKBACK_ROWS = 50;

/**
 * The page of the first source and its edges: beyond them, no bar of a later source is served in the page. Further
 * parameters: $6, the later sources by rank.
 * @param columns `time` among them
 */
const page = (columns: readonly string[], order: Order): string => {
  const farthest = (edge: 'min' | 'max') => `case when count(*) = $5 then ${edge}(time) end, `;
  const [low, high] = order === 'desc' ? [farthest('min'), ''] : ['', farthest('max')];
  return `
  page as materialized (
    select ${columns.map(sqlName).join(', ')} from bars where ${IN_PAGE} order by time ${order} limit $5),
  extent as (select coalesce(${low}$3, '-infinity') as low, coalesce(${high}$4, 'infinity') as high from page)`;
};

// `not in` is evaluated with a hash table of the times, which costs less than a lookup of each bar in the index (measured)
const filling = (columns: readonly string[], order: Order, limit: string): string => `
  select ${columns.map((column) => `l.${column}`).join(', ')} from bars l
  where l.asset_id = other.id and l.timeframe = $2
    and l.time >= (select low from extent) and l.time < (select high from extent)
    and l.time not in (select time from page)
  order by l.time ${order} limit ${limit}`;

const OTHERS = 'unnest($6::int[]) with ordinality other(id, rank)';

/** A page of the first source, and the bars of later ones that are served in it; `rank` 1 is the first later source. */
export const servedSql = (columns: readonly string[], order: Order): string => `
  with ${page(columns, order)},
  fill as materialized (
    select distinct on (time) rank::float8 as rank, l.* from ${OTHERS} cross join lateral (
      ${filling(columns, order, '$5')}) l
    order by time, rank)
  select * from (select ${columnsSql(columns)} from page) p
  cross join (select ${columnsSql([...columns, 'rank'], FILL)} from fill) f`;

const CLOSES = ['time', 'session', 'close'];

/**
 * A page of the first source with its stored indicators. Only where a bar of a later source is served in the page or among
 * the bars that its indicators look back to: the sessions of the page, those bars, the bars of the first source that the
 * indicators look back to, and the last served bar of an earlier session than the oldest served one. Bars before `cut` may be
 * missing.
 * @param columns `time` and `close` among them
 */
export const servedIndicatorsSql = (columns: readonly string[], order: Order): string => `
  with ${page([...columns, 'session'], order)},
  look as materialized (
    select ${CLOSES.join(', ')} from bars
    where asset_id = $1 and timeframe = $2 and time < (select low from extent)
    order by time desc limit ${LOOKBACK_ROWS}),
  filling as materialized (
    select rank, l.* from ${OTHERS} cross join lateral (
      ${filling(CLOSES, order, `$5 + ${LOOKBACK_ROWS}`)}) l),
  cut as (
    select coalesce(max(oldest), '-infinity') as time from (
      select case when count(*) = $5 + ${LOOKBACK_ROWS} then min(time) end as oldest from filling group by rank) o
    where ${order === 'desc' ? 'true' : 'false'}),
  fill as materialized (
    select distinct on (time) rank::float8 as rank, time, session, close from (
      select * from filling
      union all
      select rank, l.* from ${OTHERS} cross join lateral (
        select l.time, l.session, l.close from bars l
        where l.asset_id = other.id and l.timeframe = $2 and l.time < (select low from extent)
          and l.time >= (select case when count(*) < ${LOOKBACK_ROWS} then '-infinity' else min(time) end from look)
          and l.time not in (select time from look)
        order by l.time desc limit ${LOOKBACK_ROWS}) l) own
    order by time, rank),
  oldest as (
    select least(
      (select min(time) from page where time >= (select time from cut)),
      (select min(time) from fill where time >= (select low from extent) and time >= (select time from cut))) as time),
  before as (
    select rank, session, close from (select 0 as rank, $1 as id union all select rank, id from ${OTHERS}) source
    cross join lateral (
      select b.time, b.session, b.close from bars b
      where b.asset_id = source.id and b.timeframe = $2 and b.time < (select time from oldest)
        and b.session < (
          select session from (select time, session from page union all select time, session from fill) own
          where time = (select time from oldest) limit 1)
      order by b.time desc limit 1) l
    order by time desc, rank limit 1),
  mixed as materialized (
    select exists (select from fill) or coalesce((select rank > 0 from before), false) as is_mixed)
  select p.*, s.*, f.*, l.*, (select is_mixed from mixed) as "isMixed",
    (select case when isfinite(time) then extract(epoch from time) * 1000 end from cut)::float8 as cut,
    before.rank::float8 as "beforeRank", before.session::text as "beforeSession", before.close as "beforeClose"
  from (select ${columnsSql(columns)} from page) p
  cross join (select ${columnsSql(['session'])} from page where (select is_mixed from mixed)) s
  cross join (select ${columnsSql([...CLOSES, 'rank'], FILL)} from fill) f
  cross join (select ${columnsSql(CLOSES, LOOK)} from look where (select is_mixed from mixed)) l
  left join before on true`;
