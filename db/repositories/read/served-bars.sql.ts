import { arraysSql, columnsSql, sendSql } from './bar-columns.js';
import { IN_PAGE } from './bar-page.js';

type Order = 'asc' | 'desc';

/** Prefixes of the columns that are not of the page. */
export const FILL = 'fill.';
export const LOOK = 'look.';

/** More bars before a page than its stored indicators look back to. */
const LOOKBACK_ROWS = 50;

/**
 * The page of the first source as one row of arrays, with its edges: beyond them, no bar of a later source is served in the
 * page. Further parameters: $6, the later sources by rank.
 * @param columns `time` among them
 */
const page = (columns: readonly string[], order: Order): string => {
  const farthest = (edge: 'min' | 'max') => `case when count(*) = $5 then ${edge}(time) end, `;
  const [low, high] = order === 'desc' ? [farthest('min'), ''] : ['', farthest('max')];
  return `
  page as materialized (
    select ${arraysSql(columns)}, coalesce(${low}$3, '-infinity') as since, coalesce(${high}$4, 'infinity') as until
    from (select * from bars where ${IN_PAGE} order by time ${order} limit $5) bars)`;
};

const PAGE_TIMES = 'select unnest(time) from page';
const SINCE = '(select since from page)';
const UNTIL = '(select until from page)';

interface Filling {
  columns: readonly string[];
  /** Half-open. */
  from: string;
  to: string;
  /** Times of the first source, all of those in between. */
  except: string;
  order: Order;
  /** For each source. */
  limit: string;
}

// `not in` is evaluated with a hash table of the times, which costs less than a lookup of each bar in the index (measured)
const filling = ({ columns, from, to, except, order, limit }: Filling): string => `
  select rank, l.* from ${OTHERS} cross join lateral (
    select ${columns.join(', ')} from bars
    where asset_id = other.id and timeframe = $2 and time >= ${from} and time < ${to} and time not in (${except})
    order by time ${order} limit ${limit}) l`;

const OTHERS = 'unnest($6::int[]) with ordinality other(id, rank)';

/** Of each time, the bar of the first of the sources. */
const firstOf = (bars: string): string => `select distinct on (time) * from (${bars}) bars order by time, rank`;

/** A page of the first source, and the bars of later ones that are served in it; `rank` 1 is the first later source. */
export const servedSql = (columns: readonly string[], order: Order): string => `
  with ${page(columns, order)},
  fill as (${firstOf(filling({ columns, from: SINCE, to: UNTIL, except: PAGE_TIMES, order, limit: '$5' }))})
  select ${sendSql(columns, 'page')}, f.* from page cross join (select ${fillSql(columns)} from fill) f`;

const fillSql = (columns: readonly string[]): string =>
  `${columnsSql(columns, FILL)}, array_send(array_agg(rank::float8)) as "${FILL}rank"`;

const CLOSES = ['time', 'session', 'close'];

/**
 * An instant that no session before this one reaches, so that a search for them need not walk through this one from its end:
 * noon UTC of its date. A session is over when its date is, and the last time zone to end a date is 12 hours behind UTC.
 */
const EARLIER_SESSIONS_END = `(session + time '12:00') at time zone 'UTC'`;

/**
 * A page of the first source with its stored indicators. Where a bar of a later source is served in the page or among the bars
 * that its indicators look back to, they come without the indicators: the closes and sessions of the page, those bars, the bars
 * of the first source that the indicators look back to, and the last served bar of an earlier session than the oldest served
 * one. Bars before `cut` may be missing.
 * @param columns `time` and `close` among them
 */
export const servedIndicatorsSql = (columns: readonly string[], order: Order): string => {
  const except = `${PAGE_TIMES} union all select time from look`;
  const lookSince = `(select case when count(*) < ${LOOKBACK_ROWS} then '-infinity' else min(time) end from look)`;
  const most = `$5 + ${LOOKBACK_ROWS}`;
  const own = { columns: CLOSES, except };
  const first = order === 'desc' ? 'cardinality(time)' : '1';
  const indicators = columns.filter((column) => !CLOSES.includes(column));
  const fillings =
    order === 'desc'
      ? [filling({ ...own, from: lookSince, to: UNTIL, order, limit: most })]
      : [
          filling({ ...own, from: SINCE, to: UNTIL, order, limit: most }),
          filling({ ...own, from: lookSince, to: SINCE, order: 'desc', limit: String(LOOKBACK_ROWS) }),
        ];
  return `
  with ${page([...columns, 'session'], order)},
  look as materialized (
    select ${CLOSES.join(', ')} from bars
    where asset_id = $1 and timeframe = $2 and time < ${SINCE} order by time desc limit ${LOOKBACK_ROWS}),
  filling as materialized (${fillings.join(' union all ')}),
  fill as materialized (${firstOf('select * from filling')}),
  cut as (
    select coalesce(max(oldest), '-infinity') as time from (
      select case when count(*) = ${most} then min(time) end as oldest from filling group by rank) o
    where ${order === 'desc' ? 'true' : 'false'}),
  oldest as (
    select time, session from (
      select time[${first}], session[${first}] from page
      union all select time, session from fill where time >= ${SINCE}) own(time, session)
    where time >= (select time from cut) order by time limit 1),
  before as (
    select rank, session, close from (select 0 as rank, $1 as id union all select rank, id from ${OTHERS}) source
    cross join lateral (
      select time, session, close from bars
      where asset_id = source.id and timeframe = $2 and session < (select session from oldest)
        and time < (select least(time, ${EARLIER_SESSIONS_END}) from oldest)
      order by time desc limit 1) l
    order by time desc, rank limit 1),
  mixed as (select exists (select from fill) or coalesce((select rank > 0 from before), false) as is_mixed)
  select is_mixed as "isMixed", ${sendSql(['time', 'close'], 'page')}, ${sendSql(['session'], 'page', 'is_mixed')},
    ${sendSql(indicators, 'page', 'not is_mixed')}, f.*, l.*,
    (select case when isfinite(time) then extract(epoch from time) * 1000 end from cut)::float8 as cut,
    before.rank::float8 as "beforeRank", before.session::text as "beforeSession", before.close as "beforeClose"
  from page cross join mixed
  cross join (select ${fillSql(CLOSES)} from fill) f
  cross join (select ${columnsSql(CLOSES, LOOK)} from look where (select is_mixed from mixed)) l
  left join before on true`;
};
