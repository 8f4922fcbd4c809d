import type pg from 'pg';
import type { SeriesKey } from '../../../domain/bar.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { SessionCoverage } from '../../../domain/planning/plan-input.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { encodeArray } from '../../binary-array.js';
import { inTransaction } from '../../transaction.js';

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
  const series = new Map<number, SeriesCoverage>(
    assetIds.map((assetId) => [assetId, { assetId, timeframe, beginsAt: null, firstBar: null, sessions: new Map() }]),
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
    `insert into coverage as c (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
        next_attempt_at, updated_at)
      select x.asset_id, $2, $3, x.expected, n.none, n.none, n.none, n.none, n.none, now() + interval '2 minutes', now()
      from unnest($1::int[], $4::int[]) x(asset_id, expected)
      cross join lateral (select repeat('0', x.expected)::varbit as none) n
      on conflict (asset_id, timeframe, session) do update set next_attempt_at = now() + interval '2 minutes'
      where c.next_attempt_at is null or c.next_attempt_at <= now()
      returning asset_id as "assetId"`,
    [assets.map((a) => a.assetId), timeframe, session, assets.map((a) => a.expected)],
  );
  return rows.map((row) => row.assetId);
}

/** Sessions recounted in one transaction: loads of the series wait for it. */
const RECOUNTED_AT_ONCE = 500;

interface DirtySeries extends SeriesKey {
  exchange: CalendarId;
  sessions: string[];
}

/** Recounts sessions whose bars were changed by other means than a load. @returns how many */
export async function recountDirty(pool: pg.Pool): Promise<number> {
  const dirty = await pool.query<DirtySeries>(
    `select c.asset_id as "assetId", c.timeframe, a.exchange, array_agg(c.session::text order by c.session) as sessions
    from coverage c join assets a on a.id = c.asset_id where c.dirty group by c.asset_id, c.timeframe, a.exchange`,
  );
  let recounted = 0;
  for (const { sessions, ...series } of dirty.rows) {
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
    // the lock of loads: what is counted below cannot change before it is written
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
  with made as (insert into series (asset_id, timeframe) values ($1, $2) on conflict do nothing)
  select 1 from series where asset_id = $1 and timeframe = $2 for update`;

/** A series begins no later than its first bar, whoever brought it. */
const LOWER_FIRST_BAR = `
  update series s set first_bar = f.time
  from (select min(b.time) as time from bars b where b.asset_id = $1 and b.timeframe = $2 and b.session = any($3::date[])
    and b.time < (select coalesce(o.first_bar, 'infinity') from series o where o.asset_id = $1 and o.timeframe = $2)) f
  where s.asset_id = $1 and s.timeframe = $2 and f.time is not null`;

/** $3 sessions, $4 and $5 session and time of each of their slots. What was filled and has no bar any more is lost. */
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
    empty_slots = case when c.expected = f.expected then c.empty_slots & ~c.filled_slots else f.bits & ~f.bits end,
    lost_slots = case when c.expected = f.expected then (c.lost_slots | c.filled_slots) & ~f.bits else f.bits & ~f.bits end,
    corrupt_slots = case when c.expected = f.expected then c.corrupt_slots else f.bits & ~f.bits end,
    verified_at = null, attempts = 0, next_attempt_at = null
  from counted f where c.asset_id = $1 and c.timeframe = $2 and c.session = f.session`;
