import type { CalendarId } from '../../../domain/calendars/calendar.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import { slotIndex, slotsOf } from '../../../domain/calendars/slots.js';
import { EMPTY_AFTER_MS } from '../../../domain/transform/transform.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/**
 * Reasons for a gap that need more than one payload or session to establish, so no load can: heal does, from what is
 * stored by then. The outcome depends on the store alone, not on the order in which it was filled.
 */

interface CorruptSlot {
  assetId: number;
  timeframe: StoredTimeframe;
  session: string;
  exchange: CalendarId;
  /** Epoch ms. */
  times: number[];
}

/** Slots for which two payloads, fetched far enough apart ($1, ms), had the same rejected values. */
const CORRUPT = `
  with repeated as (
    select r.asset_id, r.timeframe, r.time
    from rejected_bars r join raw_payloads p on p.id = r.payload_id
    where r.state = 'open' and r.time is not null
    group by r.asset_id, r.timeframe, r.time, r.rule, r.raw - 'stamp'
    having max(p.fetched_at) - min(p.fetched_at) >= $1 * interval '1 ms'
  )
  select a.id as "assetId", a.exchange, t.timeframe, array_agg(distinct extract(epoch from t.time)::float8 * 1000) as times
  from repeated t join assets a on a.id = t.asset_id group by a.id, a.exchange, t.timeframe`;

/**
 * Marks the slots whose bar is corrupt at the provider, and unmarks those that no longer are. A session that misses nothing
 * else is then requested once a day.
 * @returns how many sessions changed
 */
export async function classifyCorrupt(db: Queryable): Promise<number> {
  const { rows } = await db.query<Omit<CorruptSlot, 'session'>>(CORRUPT, [EMPTY_AFTER_MS]);
  const sessions = rows.flatMap(bySession);
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
      sessions.map((s) => s.bits),
    ],
  );
  return rowCount ?? 0;
}

function bySession({ assetId, timeframe, exchange, times }: Omit<CorruptSlot, 'session'>) {
  const calendar = calendarOf(exchange);
  const sessions = new Map<string, string[]>();
  for (const time of times) {
    const label = calendar.sessionOn(new Date(time).toISOString().slice(0, 10));
    for (const session of [calendar.sessionAt(time), label]) {
      const index = session ? slotIndex(exchange, timeframe, session, time) : -1;
      if (!session || index < 0) continue;
      const bits = sessions.get(session.date) ?? slotsOf(exchange, timeframe, session).map(() => '0');
      bits[index] = '1';
      sessions.set(session.date, bits);
    }
  }
  return [...sessions].map(([session, bits]) => ({ assetId, timeframe, session, bits: bits.join('') }));
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
