import { epochMs } from '../../columns.js';
import { confirmedEmpty, openSlots } from './slot-bits.sql.js';

const PARAMETERS = `
  with due as (
    select * from unnest($2::date[], $3::int[], $4::int[], $5::int[]) d(session, slots, due, beyond)
  ), series as (
    select * from unnest($6::int[], $7::date[], $8::int[]) s(asset_id, first_session, first_slot)
  ), rejected as (
    select asset_id, session, bits::varbit from unnest($9::int[], $10::date[], $11::text[]) r(asset_id, session, bits)
  )`;
const COVERAGE = 'coverage c on c.asset_id = s.asset_id and c.timeframe = $1 and c.session = d.session';
const COVERAGE_OF = 'coverage r where r.asset_id = s.asset_id and r.timeframe = $1 and r.session = d.session';

/**
 * Sessions with a row in `coverage`, counted in one pass over the table: one row per asset for all sessions whose counts
 * suffice, and one row with its date for each other session. Counts suffice if the session has bars, is expected from its
 * first slot to its last, and either misses nothing or is out of reach. (Before the series' first bar there are no bars.)
 */
const KNOWN = `known as materialized (
    select c.asset_id, case when c.filled > 0
        and (c.filled + c.empty + c.corrupt = c.expected or c.session <= (select max(session) from due where beyond >= slots))
        and c.session <> all(array(select session from due where due < slots))
        and (c.asset_id, c.session) not in (select asset_id, first_session from series where first_slot > 0)
      then null else c.session end as open_session,
      count(*) as sessions, sum(c.expected) as expected, sum(c.filled) as filled, sum(c.empty) as empty, sum(c.corrupt) as corrupt,
      sum(c.expected - c.filled - c.empty - c.corrupt) as out_of_reach, min(c.session) as first_session, max(c.session) as last_session
    from coverage c where c.timeframe = $1 and c.session = any($2::date[]) and c.asset_id = any($6::int[]) group by 1, 2
  )`;

/** Which sessions: those of KNOWN that have a date, those without a row in `coverage`, or all. */
type SessionKind = 'open' | 'unknown' | 'all';

// lateral: it looks up each of a few rows, while a join would read the whole table again
const SOURCES = {
  open: `from known k join series s on s.asset_id = k.asset_id and s.first_session <= k.open_session join due d on d.session = k.open_session
    cross join lateral (select * from ${COVERAGE_OF} offset 0) c`,
  // checked by key only: a join would carry all columns of all rows along
  unknown: `from series s join due d on d.session >= s.first_session and not exists (select 1 from ${COVERAGE_OF}) left join coverage c on false`,
  all: `from series s join due d on d.session >= s.first_session left join ${COVERAGE}`,
} satisfies Record<SessionKind, string>;

/** The bits of the expected slots, and of those that are also within reach. */
const expectedOf = (bits: string): string => `coverage_between(${bits}, w.first, w.due)`;
const reachedOf = (bits: string): string => `coverage_between(${bits}, o.reach, o.due)`;

/**
 * The relation `states`: one row for each of the sessions `windows`, with its slots by state. A session that is expected as a
 * whole takes its counts from `windows`. Bitmaps are read only if something is missing, or if the first bar of the series,
 * the present or the provider's reach cuts the session. Of the relation `rejected`, a row for each session with slots whose
 * row was rejected. OFFSET 0 keeps PostgreSQL from evaluating an expression again wherever it is used.
 */
export const STATES = `counted as (
    select w.asset_id, w.session, w.slots, w.due, w.reach, w.is_missing, w.attempts, w.next_attempt_at, w.verified_at,
      w.due - w.first as expected,
      coalesce(case when w.is_cut then bit_count(${expectedOf('w.filled_slots')}) else w.filled end, 0) as filled,
      coalesce(case when w.is_cut and w.empty > 0
        then bit_count(${expectedOf(confirmedEmpty('w'))}) else w.empty end, 0) as empty,
      coalesce(case when w.is_cut then bit_count(${expectedOf('w.corrupt_slots & ~w.filled_slots')}) else w.corrupt end, 0) as corrupt,
      w.filled_slots, w.answered_slots, w.empty_slots, w.lost_slots, w.corrupt_slots, w.as_usual
    from windows w
    offset 0
  ), opened as (
    select c.*, c.expected - c.filled - c.empty - c.corrupt as open,
      case when not c.is_missing and c.filled + c.empty + c.corrupt < c.expected
        then ${openSlots('c')} end as open_slots
    from counted c
    offset 0
  ), reasoned as (
    select o.*,
      case when o.open = 0 then 0 when o.is_missing then o.due - o.reach else bit_count(${reachedOf('o.open_slots')}) end as pending,
      case when o.open = 0 or o.is_missing then 0 else bit_count(${reachedOf('o.open_slots & o.lost_slots')}) end as lost,
      case when o.open = 0 or r.bits is null then 0 when o.is_missing then bit_count(${reachedOf('r.bits')})
        else bit_count(${reachedOf('o.open_slots & r.bits & ~o.lost_slots')}) end as rejected,
      case when o.open = 0 or o.is_missing then 0
        else bit_count(${reachedOf('o.open_slots & o.answered_slots & ~o.lost_slots & ~coalesce(r.bits, o.lost_slots)')}) end as null_at_provider,
      case when o.open > 0 and o.is_missing then o.reach
        else nullif(position(B'1' in ${reachedOf('o.open_slots')}), 0) - 1 + o.reach end as first_pending
    from opened o
    left join rejected r on r.asset_id = o.asset_id and r.session = o.session and length(r.bits) = coalesce(length(o.lost_slots), o.slots)
    offset 0
  ), states as (
    select asset_id, session, expected, filled, empty, pending, open - pending + corrupt as unobtainable, corrupt,
      open - pending as out_of_reach, lost, rejected, null_at_provider, pending - lost - rejected - null_at_provider as not_asked,
      case when pending > 0 then first_pending end as first_pending, case when pending > 0 then coalesce(attempts, 0) else 0 end as attempts,
      case when pending > 0 then next_attempt_at end as next_attempt_at, verified_at
    from reasoned
  )`;

/**
 * The relation `states` of some series.
 *
 * $1 timeframe; $2 sessions, $3 slots, $4 due and $5 beyond of each (domain/coverage/due-sessions.ts); $6 assets, $7 session
 * of the first bar, $8 slots before it; $9 assets, $10 sessions, $11 slots whose row was rejected, as bits.
 */
const sessionStates = (kind: SessionKind): string => `
  ${PARAMETERS}${kind === 'open' ? `, ${KNOWN}` : ''}, windows as (
    -- half-open: slots are expected from first to due, and within reach from reach on
    select s.asset_id, d.session, d.slots, d.due, x.first, greatest(least(d.beyond, d.due), x.first) as reach,
      x.first > 0 or d.due < d.slots as is_cut, c.asset_id is null as is_missing,
      c.filled, c.empty, c.corrupt, c.attempts, c.next_attempt_at, c.verified_at,
      c.filled_slots, c.answered_slots, c.empty_slots, c.lost_slots, c.corrupt_slots, c.as_usual
    ${SOURCES[kind]}
    cross join lateral (select case when d.session = s.first_session then least(s.first_slot, d.due) else 0 end as first) x
    offset 0
  ), ${STATES}`;

export const COUNTS = [
  'expected',
  'filled',
  'empty',
  'pending',
  'unobtainable',
  'corrupt',
  'out_of_reach',
  'lost',
  'rejected',
  'null_at_provider',
  'not_asked',
];

export const BY_ASSET = `
  select asset_id, ${COUNTS.map((column) => `sum(${column}) as ${column}`).join(', ')}, count(*) as sessions,
    min(session) as first_session, max(session) as last_session, count(*) filter (where pending > 0) as pending_sessions,
    min(session) filter (where pending > 0) as oldest_pending, min(next_attempt_at) as next_attempt_at
  from states group by asset_id`;

export const summaryOf = (parts: string): string => `
  select asset_id as "assetId", ${COUNTS.map((column) => `sum(${column})::float8 as ${column}`).join(', ')}, sum(sessions)::int as sessions,
    min(first_session)::text as "firstSession", max(last_session)::text as "lastSession", sum(pending_sessions)::int as "pendingSessions",
    min(oldest_pending)::text as "oldestPending", ${epochMs('min(next_attempt_at)')} as "nextAttemptAt"
  from (${parts}) parts group by asset_id`;

/** All sessions with a row in `coverage`, added up by asset. Parameters: those of sessionStates. */
export const SUMMARISE_KNOWN = `${sessionStates('open')} ${summaryOf(`${BY_ASSET} union all
  select asset_id, expected, filled, empty, 0, corrupt + out_of_reach, corrupt, out_of_reach, 0, 0, 0, 0, sessions, first_session, last_session, 0, null, null
  from known where open_session is null`)}`;

/** The same for all sessions without a row. */
export const SUMMARISE_UNKNOWN = `${sessionStates('unknown')} ${summaryOf(BY_ASSET)}`;

/** @param states a relation with the columns of `states` */
export const sessionsOf = (states: string): string => `
  select asset_id as "assetId", session::text, ${COUNTS.map((column) => `${column}::int`).join(', ')}, first_pending as "firstPending", attempts,
    ${epochMs('next_attempt_at')} as "nextAttemptAt", ${epochMs('verified_at')} as "verifiedAt"
  from ${states} order by asset_id, session`;

/** Each session, by asset and session. Parameters: those of sessionStates. */
export const SELECT_SESSIONS = `${sessionStates('all')} ${sessionsOf('states')}`;
