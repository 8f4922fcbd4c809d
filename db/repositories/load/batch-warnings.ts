import type pg from 'pg';
import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import { affectedRange, neighbourWarnings } from '../../../domain/rules/neighbour-rules.js';
import { TIMEFRAME_MS } from '../../../domain/timeframe.js';

/** Consecutive stored bars of a series, of which those from position `first` to `last` are new or have changed. */
export interface ChangedSeries extends SeriesKey {
  /** As many around the changed ones as neighbour rules reach over, where they exist. */
  bars: BarColumns;
  first: number;
  last: number;
}

/**
 * Judges again all bars that a change may have made odd, or ordinary, and stores the difference: afterwards the warnings
 * are those of the whole series, judged at once. Inside the transaction of the change, which holds the locks of the series.
 */
export async function storeWarnings(tx: pg.PoolClient, series: readonly ChangedSeries[]): Promise<void> {
  const judged = series.map(({ bars, first, last, timeframe }, s) => {
    const [from, to] = affectedRange(first, last, bars.time.length);
    const warnings = neighbourWarnings(bars, TIMEFRAME_MS[timeframe], from, to);
    return {
      from: bars.time[from]!,
      to: bars.time[to - 1]!,
      found: warnings.map((warning) => ({ n: s + 1, ...warning })),
    };
  });
  const found = judged.flatMap((each) => each.found);
  await tx.query(replaceWarnings, [
    series.map(({ assetId }) => assetId),
    series.map(({ timeframe }) => timeframe),
    judged.map(({ from }) => new Date(from)),
    judged.map(({ to }) => new Date(to)),
    found.map(({ n }) => n),
    found.map(({ time }) => new Date(time)),
    found.map(({ session }) => session),
    found.map(({ rule }) => rule),
    found.map(({ details }) => JSON.stringify(details)),
  ]);
}

/**
 * What says the same as before is not touched. $1 assets, $2 timeframes, $3 first and $4 last time judged; of each warning
 * $5 which of those series, from 1, $6 time, $7 session, $8 rule, $9 details.
 */
const replaceWarnings = `
  with judged as (
    select * from unnest($1::int[], $2::text[]::timeframe[], $3::timestamptz[], $4::timestamptz[]) with ordinality
      as j(asset_id, timeframe, first_time, last_time, n)
  ), found as (
    select j.asset_id, j.timeframe, f.time, f.session, f.rule, f.details
    from unnest($5::int[], $6::timestamptz[], $7::date[], $8::text[], $9::text[]::jsonb[])
      as f(n, time, session, rule, details)
    join judged j on j.n = f.n
  ), gone as (
    delete from bar_warnings o using judged j
    where o.asset_id = j.asset_id and o.timeframe = j.timeframe and o.time between j.first_time and j.last_time
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
