import type pg from 'pg';
import type { SeriesKey } from '../../../domain/bar.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import { encodeArray } from '../../binary-array.js';
import { inTransaction } from '../../transaction.js';

/** Sessions per transaction: loads of the series wait for its end. */
const RECOUNTED_AT_ONCE = 500;

interface DirtySeries extends SeriesKey {
  exchange: CalendarId;
  sessions: string[];
}

/**
 * Recounts the sessions of which something other than a load changed bars. A day on which the exchange has turned out to be
 * closed keeps its row, in case that is taken back.
 * @returns how many
 */
export async function recountDirty(pool: pg.Pool): Promise<number> {
  const dirty = await pool.query<DirtySeries>(
    `select c.asset_id as "assetId", c.timeframe, a.exchange, array_agg(c.session::text order by c.session) as sessions
    from coverage c join assets a on a.id = c.asset_id where c.dirty and asset_problem(a) is null group by c.asset_id, c.timeframe, a.exchange`,
  );
  let recounted = 0;
  for (const { sessions: days, ...series } of dirty.rows) {
    const sessions = days.filter((date) => calendarOf(series.exchange).holidayOn(date) === null);
    for (let i = 0; i < sessions.length; i += RECOUNTED_AT_ONCE) {
      await recount(pool, series, sessions.slice(i, i + RECOUNTED_AT_ONCE));
    }
    recounted += sessions.length;
  }
  return recounted;
}

async function recount(
  pool: pg.Pool,
  { assetId, timeframe, exchange }: Omit<DirtySeries, 'sessions'>,
  sessions: string[],
): Promise<void> {
  const calendar = calendarOf(exchange);
  const slots = sessions.flatMap((date) => {
    const session = calendar.sessionOn(date);
    return session ? slotsOf(exchange, timeframe, session).map((time) => ({ date, time })) : [];
  });
  await inTransaction(pool, async (tx) => {
    // the lock that loads take: what is counted below cannot change before it is written
    await tx.query(LOCK_SERIES, [assetId, timeframe]);
    await tx.query(LOWER_FIRST_BAR, [assetId, timeframe, sessions]);
    await tx.query(RECOUNT, [
      assetId,
      timeframe,
      sessions,
      encodeArray(
        'date',
        slots.map((slot) => slot.date),
      ),
      encodeArray(
        'timestamptz',
        slots.map((slot) => slot.time),
      ),
    ]);
  });
}

const LOCK_SERIES = `
  with inserted as (insert into series (asset_id, timeframe) values ($1, $2) on conflict do nothing)
  select 1 from series where asset_id = $1 and timeframe = $2 for update`;

/** A series begins no later than its first bar, whether or not a load stored it. */
const LOWER_FIRST_BAR = `
  update series s set first_bar = f.time
  from (select min(b.time) as time from bars b where b.asset_id = $1 and b.timeframe = $2 and b.session = any($3::date[])
    and b.time < (select coalesce(o.first_bar, 'infinity') from series o where o.asset_id = $1 and o.timeframe = $2)) f
  where s.asset_id = $1 and s.timeframe = $2 and f.time is not null`;

/** $3 sessions; $4 and $5 session and time of each of their slots. A slot that was filled and no longer has a bar is lost. */
const RECOUNT = `
  with slots as (
    select s.session, s.time from unnest($4::date[], $5::timestamptz[]) s(session, time)
  ), counted as (
    select d.session, count(s.time)::int as expected,
      coalesce(string_agg(case when b.time is null then '0' else '1' end, '' order by s.time) filter (where s.time is not null), '')::varbit as bits
    from unnest($3::date[]) d(session)
    left join slots s using (session)
    left join bars b on b.asset_id = $1 and b.timeframe = $2 and b.time = s.time
    group by d.session)
  update coverage c set dirty = false, expected = f.expected, filled_slots = f.bits, updated_at = now(),
    answered_slots = case when c.expected = f.expected then c.answered_slots else f.bits end,
    empty_slots = case when c.expected = f.expected then c.empty_slots & ~c.filled_slots else coverage_no_slots(f.bits) end,
    lost_slots = case when c.expected = f.expected then (c.lost_slots | c.filled_slots) & ~f.bits else coverage_no_slots(f.bits) end,
    corrupt_slots = case when c.expected = f.expected then c.corrupt_slots else coverage_no_slots(f.bits) end,
    verified_at = null, attempts = 0, next_attempt_at = null
  from counted f where c.asset_id = $1 and c.timeframe = $2 and c.session = f.session`;
