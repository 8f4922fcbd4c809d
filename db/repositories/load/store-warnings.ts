import type pg from 'pg';
import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import { affectedRange, neighbourWarnings } from '../../../domain/rules/neighbour-rules.js';
import { TIMEFRAME_MS } from '../../../domain/timeframe.js';

/** Consecutive stored bars of a series, of which those from position `first` to `last` are new or have changed. */
export interface ChangedSeries extends SeriesKey {
  /** Includes the stored bars around the changed ones, as far as neighbour rules reach. */
  bars: BarColumns;
  first: number;
  last: number;
}

/**
 * Checks all bars again that a change may have made odd or ordinary, and stores the difference. Afterwards the stored
 * warnings equal those of a check of the whole series. Runs in the transaction of the change, which holds the locks of the
 * series.
 */
export async function storeWarnings(tx: pg.PoolClient, series: readonly ChangedSeries[]): Promise<void> {
  const checked = series.map(({ bars, first, last, timeframe }, s) => {
    const [from, to] = affectedRange(first, last, bars.time.length);
    const warnings = neighbourWarnings(bars, TIMEFRAME_MS[timeframe], from, to);
    return {
      from: bars.time[from]!,
      to: bars.time[to - 1]!,
      found: warnings.map((warning) => ({ n: s + 1, ...warning })),
    };
  });
  const found = checked.flatMap((each) => each.found);
  await tx.query(replaceWarnings, [
    series.map(({ assetId }) => assetId),
    series.map(({ timeframe }) => timeframe),
    checked.map(({ from }) => new Date(from)),
    checked.map(({ to }) => new Date(to)),
    found.map(({ n }) => n),
    found.map(({ time }) => new Date(time)),
    found.map(({ session }) => session),
    found.map(({ rule }) => rule),
    found.map(({ details }) => JSON.stringify(details)),
  ]);
}

/**
 * Does not write warnings that stay the same. $1 assets, $2 timeframes, $3 first and $4 last time checked; of each warning
 * $5 the position of its series among those, from 1, $6 time, $7 session, $8 rule, $9 details.
 */
const replaceWarnings = `
  with checked as (
    select * from unnest($1::int[], $2::text[]::timeframe[], $3::timestamptz[], $4::timestamptz[]) with ordinality
      as c(asset_id, timeframe, first_time, last_time, n)
  ), found as (
    select c.asset_id, c.timeframe, f.time, f.session, f.rule, f.details
    from unnest($5::int[], $6::timestamptz[], $7::date[], $8::text[], $9::text[]::jsonb[])
      as f(n, time, session, rule, details)
    join checked c on c.n = f.n
  ), removed as (
    delete from bar_warnings o using checked c
    where o.asset_id = c.asset_id and o.timeframe = c.timeframe and o.time between c.first_time and c.last_time
      and not exists (
        select 1 from found f
        where f.asset_id = o.asset_id and f.timeframe = o.timeframe and f.time = o.time and f.rule = o.rule)
  )
  insert into bar_warnings (asset_id, timeframe, time, session, rule, details)
  select f.* from found f
  where not exists (
    select 1 from bar_warnings o
    where o.asset_id = f.asset_id and o.timeframe = f.timeframe and o.time = f.time and o.rule = f.rule
      and o.session = f.session and o.details = f.details)
  on conflict (asset_id, timeframe, time, rule) do update set session = excluded.session, details = excluded.details`;
