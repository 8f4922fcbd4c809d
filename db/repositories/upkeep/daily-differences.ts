import type { Queryable } from '../../client.js';

/**
 * The provider's daily bar next to the aggregate of its minutes, for every session whose minutes payloads cover as a whole.
 * Differences are fractions: minutes ÷ day − 1. Volumes are compared if the day and each of its minutes has one. Assets
 * with a split that is not applied are left out: their days and minutes may be on two price levels.
 */
const COMPARED = `
  select c.asset_id, c.session, m.open / p.open - 1 as open, m.high / p.high - 1 as high, m.low / p.low - 1 as low,
    m.close / p.close - 1 as close, case when p.volume > 0 then m.volume / p.volume - 1 end as volume, m.minutes, c.expected
  from coverage c
  join bars p on p.asset_id = c.asset_id and p.timeframe = '1d' and p.time = c.session::timestamp at time zone 'UTC'
  cross join lateral (
    select count(*)::int as minutes, (array_agg(b.open order by b.time))[1] as open, max(b.high) as high, min(b.low) as low,
      (array_agg(b.close order by b.time desc))[1] as close, case when count(b.volume) = count(*) then sum(b.volume) end as volume
    from bars b
    where b.asset_id = c.asset_id and b.timeframe = '1m' and b.session = c.session
      -- the primary key is by time; no session begins or ends further from the midnight of its date
      and b.time between p.time - interval '1 day' and p.time + interval '2 days') m
  where c.timeframe = '1m' and not c.dirty and bit_count(c.answered_slots) = c.expected and m.minutes > 0
    and not exists (select 1 from splits s where s.asset_id = c.asset_id and s.is_due)`;

const COMPARE = `
  insert into daily_differences as d (asset_id, session, open, high, low, close, volume, minutes, expected, checked_at)
  select x.*, now() from (${COMPARED} and c.session >= $1::date) x
  order by x.asset_id, x.session -- every writer in the same order: no deadlock
  on conflict (asset_id, session) do update set open = excluded.open, high = excluded.high, low = excluded.low,
    close = excluded.close, volume = excluded.volume, minutes = excluded.minutes, expected = excluded.expected,
    checked_at = excluded.checked_at
  where (d.open, d.high, d.low, d.close, d.volume, d.minutes, d.expected) is distinct from
    (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.minutes, excluded.expected)`;

/**
 * Compares the stored days of stocks with their stored minutes and stores the differences in `daily_differences`; it does not
 * write rows that stay the same.
 * @param since first session, YYYY-MM-DD
 * @returns for how many sessions the difference is new or has changed
 */
export async function compareDays(db: Queryable, { since }: { since: string }): Promise<number> {
  const { rowCount } = await db.query(COMPARE, [since]);
  return rowCount ?? 0;
}

/** Minutes ÷ the provider's day − 1; `volume` is null if it was not compared. */
export interface DailyDifference {
  session: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
  /** Minutes stored and minutes expected. */
  minutes: number;
  expected: number;
  checkedAt: Date;
}

/** Differences of one asset from one trading date to another, both inclusive, by trading date. */
export async function readDifferences(
  db: Queryable,
  assetId: number,
  first: string,
  last: string,
): Promise<Map<string, DailyDifference>> {
  const { rows } = await db.query<DailyDifference>({
    name: 'daily-differences',
    text: `select session::text, open, high, low, close, volume, minutes, expected, checked_at as "checkedAt"
      from daily_differences where asset_id = $1 and session between $2 and $3`,
    values: [assetId, first, last],
  });
  return new Map(rows.map((row) => [row.session, row]));
}

/**
 * Stored differences of an asset that its bars contradict: of sessions without coverage, and of those whose bars are older
 * than the comparison and give another one. Minutes that were lost since do not count.
 */
export async function findWrongDifferences(db: Queryable, assetId: number): Promise<string[]> {
  const isOther = (column: string) => `abs(coalesce(d.${column}, 9e9) - coalesce(f.${column}, 9e9)) > 1e-9`;
  const { rows } = await db.query<{ session: string }>(
    `with fresh as materialized (${COMPARED} and c.asset_id = $1)
    select d.session::text from daily_differences d left join fresh f using (asset_id, session)
    where d.asset_id = $1 and case
      when not exists (select 1 from coverage c where c.asset_id = $1 and c.timeframe = '1m' and c.session = d.session) then true
      when exists (select 1 from bars b where b.asset_id = $1 and b.timeframe in ('1m', '1d') and b.session = d.session
        and b.time >= (d.session::timestamp at time zone 'UTC') - interval '1 day'
        and b.time < (d.session::timestamp at time zone 'UTC') + interval '2 days' and b.recorded_at > d.checked_at) then false
      when f.minutes = d.minutes then d.expected <> f.expected or ${['open', 'high', 'low', 'close', 'volume'].map(isOther).join(' or ')}
      else d.minutes > (select c.filled + bit_count(c.lost_slots) from coverage c
        where c.asset_id = $1 and c.timeframe = '1m' and c.session = d.session) end
    order by d.session`,
    [assetId],
  );
  return rows.map(({ session }) => session);
}
