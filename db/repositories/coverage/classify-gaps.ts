import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { SeriesKey } from '../../../domain/bar.js';
import { utcDate } from '../../../domain/calendars/dates.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import { slotIndex, slotsOf } from '../../../domain/calendars/slots.js';
import { EMPTY_AFTER_MS } from '../../../domain/transform/transform.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/**
 * Reasons for a gap that need more than one payload or session to establish, so no load can: heal does, from what is
 * stored by then. The outcome depends on the store alone, not on the order in which it was filled.
 */

interface RepeatedRow {
  assetId: number;
  exchange: CalendarId;
  timeframe: StoredTimeframe;
  /** Epoch ms. */
  time: number;
  /** When the payloads were fetched, if the row has no price at all; null if it has. Epoch ms, wall clock. */
  unpriced: number[] | null;
}

/** Rejected rows that two payloads, fetched far enough apart ($1, ms), had with the same values. */
const REPEATED = `
  with repeated as (
    select r.asset_id, r.timeframe, r.time,
      case when bool_and(r.raw @> '{"open": null, "high": null, "low": null, "close": null}')
        then array_agg(extract(epoch from p.fetched_at)::float8 * 1000) end as unpriced
    from rejected_rows r join raw_payloads p on p.id = r.payload_id
    where r.state = 'open' and r.time is not null
    group by r.asset_id, r.timeframe, r.time, r.rule, r.raw - 'stamp'
    having max(p.fetched_at) - min(p.fetched_at) >= $1 * interval '1 ms'
  )
  select t.asset_id as "assetId", a.exchange, t.timeframe, extract(epoch from t.time)::float8 * 1000 as time, t.unpriced
  from repeated t join assets a on a.id = t.asset_id and asset_problem(a) is null`;

/**
 * Marks the slots whose bar is corrupt at the provider, and unmarks those that no longer are. A session that misses nothing
 * else is then requested once a day.
 * @returns how many sessions changed
 */
export async function classifyCorrupt(db: Queryable, clockOffsetMs: number): Promise<number> {
  const { rows } = await db.query<RepeatedRow>(REPEATED, [EMPTY_AFTER_MS]);
  const sessions = corruptSessions(rows, clockOffsetMs);
  const { rowCount } = await db.query(
    `with found as (
      select * from unnest($1::int[], $2::text[]::timeframe[], $3::date[], $4::text[]::varbit[]) f(asset_id, timeframe, session, bits)
    )
    update coverage c set corrupt_slots = coalesce(f.bits, coverage_no_slots(c.corrupt_slots)), updated_at = now(),
      next_attempt_at = case when bit_count(f.bits & ~c.corrupt_slots) > 0 and c.pending = bit_count(f.bits & ~c.corrupt_slots & ~c.filled_slots)
        then now() + interval '1 day' else c.next_attempt_at end
    from coverage k left join found f using (asset_id, timeframe, session)
    where c.asset_id = k.asset_id and c.timeframe = k.timeframe and c.session = k.session
      and (f.bits is not null or bit_count(k.corrupt_slots) > 0)
      and length(coalesce(f.bits, k.corrupt_slots)) = c.expected
      and c.corrupt_slots <> coalesce(f.bits, coverage_no_slots(c.corrupt_slots))`,
    [
      sessions.map((s) => s.assetId),
      sessions.map((s) => s.timeframe),
      sessions.map((s) => s.session),
      sessions.map((s) => s.bits.join('')),
    ],
  );
  return rowCount ?? 0;
}

/** The sessions with a corrupt slot, one bit per slot. */
function corruptSessions(rows: RepeatedRow[], clockOffsetMs: number) {
  const sessions = new Map<string, SeriesKey & { session: string; bits: string[] }>();
  for (const { assetId, exchange, timeframe, time, unpriced } of rows) {
    const calendar = calendarOf(exchange);
    for (const session of [calendar.sessionAt(time), calendar.sessionOn(utcDate(time))]) {
      const index = session ? slotIndex(exchange, timeframe, session, time) : -1;
      if (!session || index < 0) continue;
      const priced = calendar.nextSession(session.date)?.open ?? Infinity;
      if (unpriced && !isUnpricedSince(priced - clockOffsetMs, unpriced)) continue;
      const key = `${assetId}|${timeframe}|${session.date}`;
      const bits = sessions.get(key)?.bits ?? slotsOf(exchange, timeframe, session).map(() => '0');
      bits[index] = '1';
      sessions.set(key, { assetId, timeframe, session: session.date, bits });
    }
  }
  return [...sessions.values()];
}

/**
 * Whether payloads far enough apart had no price after an instant. A provider may send the prices of a completed session
 * only when the next one opens: until then they are not wrong, but late.
 */
function isUnpricedSince(instant: number, fetches: readonly number[]): boolean {
  const later = fetches.filter((fetchedAt) => fetchedAt >= instant);
  return Math.max(...later) - Math.min(...later) >= EMPTY_AFTER_MS;
}

/**
 * Some assets hardly trade: their sessions are less than half filled and nothing is missing. A session is as empty as usual
 * if it has at least half as many bars as the median of its 30 nearest sessions that a payload covers as a whole. Fewer
 * than ten of those prove nothing, and neither do sessions without any bar.
 * @returns how many sessions changed
 */
export async function classifyUsuallyEmpty(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(`
    update coverage c set as_usual = u.usual, updated_at = now()
    from (
      select t.asset_id, t.timeframe, t.session, m.known >= 10 and m.median > 0 and 2 * t.filled >= m.median as usual
      from coverage t
      cross join lateral (
        select count(*) as known, percentile_cont(0.5) within group (order by n.filled) as median
        from (
          select o.filled from coverage o
          where o.asset_id = t.asset_id and o.timeframe = t.timeframe and o.session <> t.session and o.verified_at is not null
          order by abs(o.session - t.session), o.session limit 30) n) m
      where not coverage_is_half_filled(t.filled, t.expected) and t.expected > 1 and bit_count(t.empty_slots) > 0) u
    where c.asset_id = u.asset_id and c.timeframe = u.timeframe and c.session = u.session and c.as_usual <> u.usual`);
  return rowCount ?? 0;
}
