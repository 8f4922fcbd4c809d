import type pg from 'pg';
import type { SeriesKey } from '../../domain/bar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { SessionCoverage } from '../../domain/planning.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { inTransaction } from '../transaction.js';

export interface SeriesCoverage extends SeriesKey {
  /** Epoch ms; null where no payload shows that the provider has nothing before. */
  beginsAt: number | null;
  /** The first bar ever loaded, epoch ms. */
  firstBar: number | null;
  sessions: Map<string, SessionCoverage>;
}

/**
 * Coverage of series from a session on, by asset.
 * @param since YYYY-MM-DD
 */
export async function readCoverage(
  pool: pg.Pool,
  assetIds: number[],
  timeframe: StoredTimeframe,
  since: string,
): Promise<Map<number, SeriesCoverage>> {
  const [begins, sessions] = await Promise.all([
    pool.query<{ assetId: number; beginsAt: Date | null; firstBar: Date | null }>(
      `select asset_id as "assetId", begins_at as "beginsAt", first_bar as "firstBar" from series where timeframe = $2 and asset_id = any($1::int[])`,
      [assetIds, timeframe],
    ),
    pool.query<{
      assetId: number;
      session: string;
      filled: string;
      answered: string;
      attempts: number;
      empty: string;
      lost: string;
      nextAttemptAt: Date | null;
      verifiedAt: Date | null;
    }>(
      // a session that is whole needs no bits: they are most of what would be sent
      `select asset_id as "assetId", session::text, case when filled = expected then '' else filled_slots::text end as filled,
        case when filled = expected then '' else answered_slots::text end as answered,
        case when empty = 0 then '' else (empty_slots & ~filled_slots & ~lost_slots & ~corrupt_slots)::text end as empty,
        case when bit_count(lost_slots) = 0 then '' else lost_slots::text end as lost, attempts,
        next_attempt_at as "nextAttemptAt", verified_at as "verifiedAt"
      from coverage where timeframe = $2 and asset_id = any($1::int[]) and session >= $3`,
      [assetIds, timeframe, since],
    ),
  ]);
  const series = new Map(
    assetIds.map((assetId) => [
      assetId,
      { assetId, timeframe, beginsAt: null, firstBar: null, sessions: new Map() } as SeriesCoverage,
    ]),
  );
  const ms = (instant: Date | null): number | null => instant?.getTime() ?? null;
  for (const { assetId, beginsAt, firstBar } of begins.rows)
    Object.assign(series.get(assetId)!, { beginsAt: ms(beginsAt), firstBar: ms(firstBar) });
  for (const { assetId, session, nextAttemptAt, verifiedAt, ...known } of sessions.rows) {
    const coverage = { ...known, nextAttemptAt: ms(nextAttemptAt), verifiedAt: ms(verifiedAt) };
    series.get(assetId)!.sessions.set(session, coverage);
  }
  return series;
}

/**
 * Claims whole sessions for one run, so that the other runs of the same historical session leave them alone for a while.
 * @returns the assets whose session was free
 */
export async function claimSession(
  pool: pg.Pool,
  timeframe: StoredTimeframe,
  session: string,
  assets: { assetId: number; expected: number }[],
): Promise<number[]> {
  const { rows } = await pool.query<{ assetId: number }>(
    `insert into coverage as c (asset_id, timeframe, session, expected, filled_slots, answered_slots, next_attempt_at, updated_at)
      select x.asset_id, $2, $3, x.expected, repeat('0', x.expected)::varbit, repeat('0', x.expected)::varbit, now() + interval '2 minutes', now()
      from unnest($1::int[], $4::int[]) x(asset_id, expected)
      on conflict (asset_id, timeframe, session) do update set next_attempt_at = now() + interval '2 minutes'
      where c.next_attempt_at is null or c.next_attempt_at <= now()
      returning asset_id as "assetId"`,
    [assets.map((a) => a.assetId), timeframe, session, assets.map((a) => a.expected)],
  );
  return rows.map((row) => row.assetId);
}

/** Recounts sessions whose bars were changed by other means than a load. @returns how many */
export async function recountDirty(pool: pg.Pool): Promise<number> {
  const dirty = await pool.query<{
    assetId: number;
    timeframe: StoredTimeframe;
    session: string;
    exchange: CalendarId;
  }>(
    `select c.asset_id as "assetId", c.timeframe, c.session::text, a.exchange from coverage c join assets a on a.id = c.asset_id where c.dirty`,
  );
  for (const { assetId, timeframe, session, exchange } of dirty.rows)
    await recount(pool, assetId, timeframe, session, exchange);
  return dirty.rows.length;
}

async function recount(
  pool: pg.Pool,
  assetId: number,
  timeframe: StoredTimeframe,
  date: string,
  exchange: CalendarId,
): Promise<void> {
  const session = calendarOf(exchange).sessionOn(date);
  const slots = session ? slotsOf(exchange, timeframe, session) : [];
  await inTransaction(pool, async (tx) => {
    // the lock of loads: what is counted below cannot change before it is written
    await tx.query('select 1 from series where asset_id = $1 and timeframe = $2 for update', [assetId, timeframe]);
    await tx.query(
      `with filled as (
          select coalesce(string_agg(case when b.time is null then '0' else '1' end, '' order by s.n), '')::varbit as bits
          from unnest($4::timestamptz[]) with ordinality s(time, n)
          left join bars b on b.asset_id = $1 and b.timeframe = $2 and b.time = s.time)
        update coverage c set dirty = false, expected = $5, filled_slots = f.bits, updated_at = now(),
          answered_slots = case when c.expected = $5 then c.answered_slots else f.bits end,
          empty_slots = case when c.expected = $5 then c.empty_slots & ~c.filled_slots else f.bits & ~f.bits end,
          lost_slots = case when c.expected = $5 then (c.lost_slots | c.filled_slots) & ~f.bits else f.bits & ~f.bits end,
          corrupt_slots = case when c.expected = $5 then c.corrupt_slots else f.bits & ~f.bits end,
          verified_at = null, attempts = 0, next_attempt_at = null
        from filled f where c.asset_id = $1 and c.timeframe = $2 and c.session = $3`,
      [assetId, timeframe, date, slots.map((slot) => new Date(slot)), slots.length],
    );
  });
}
