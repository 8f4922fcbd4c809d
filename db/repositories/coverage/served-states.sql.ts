import { BY_ASSET, COUNTS, sessionsOf, STATES, summaryOf } from './coverage-states.sql.js';
import { confirmedEmpty } from './slot-bits.sql.js';

/** A bitmap of the slots of a session from one to before another. */
const between = (first: string, before: string): string =>
  `(repeat('0', ${first}) || repeat('1', ${before} - ${first}) || repeat('0', d.slots - ${before}))::varbit`;

/**
 * The relation `states` of served series that have several sources, and `whole`: the sessions that the first source has in
 * full, which are not in `states`. A slot is expected if any source expects it, and filled if any has a bar. Else its state
 * is that at the first source where it is obtainable; where no source expects it yet, it has not been asked for. It is
 * unobtainable if it is so at all sources that expect it.
 *
 * $1 source, $2 session, $3 slots, $4 due, $5 beyond, $6 slots of the source's own timeframe and $7 the first of these in each
 * slot (null if it is the same timeframe), a row for each due session of each source; $8 asset, $9 source, $10 asset of the
 * source, $11 its timeframe, $12 session of its first bar, $13 slots before it; $14 assets of sources, $15 sessions, $16 slots
 * whose row was rejected, as bits. Sources are numbers from 0, in the order in which they are served.
 */
const SERVED_STATES = `
  with due as (
    select source, session, slots, due, beyond, own_slots, parts::int[]
    from unnest($1::int[], $2::date[], $3::int[], $4::int[], $5::int[], $6::int[], $7::text[]) d(source, session, slots, due, beyond, own_slots, parts)
  ), series as (
    select * from unnest($8::int[], $9::int[], $10::int[], $11::timeframe[], $12::date[], $13::int[])
      s(asset_id, source, source_id, timeframe, first_session, first_slot)
  ), whole as materialized (
    select s.asset_id, c.session, c.expected as slots, c.verified_at
    from series s join coverage c on c.asset_id = s.source_id and c.timeframe = s.timeframe and c.filled = c.expected
      and c.session = any(array(select session from due where source = 0 and parts is null and due = slots))
    where s.source = 0 and (c.session > s.first_session or c.session = s.first_session and s.first_slot = 0)
  ), told as (
    -- what each source tells, in slots of the served timeframe
    select s.asset_id, s.source, d.session, d.slots, d.due, x.first, greatest(d.beyond, x.first) as reach,
      c.attempts, c.next_attempt_at, c.verified_at, x.expected, n.none, ${between('greatest(d.beyond, x.first)', 'd.slots')} as reached,
      -- also a bar that came before it is final here, as after a change of the feed
      coalesce(coverage_any(c.filled_slots, d.parts), n.none) & ${between('x.first', 'd.slots')} as filled,
      coalesce(~coverage_any(~c.answered_slots, d.parts), n.none) & x.expected as answered,
      coalesce(~coverage_any(~${confirmedEmpty('c')}, d.parts), n.none) & x.expected as empty,
      coalesce(~coverage_any(~(${confirmedEmpty('c')} | (c.corrupt_slots & ~c.filled_slots)), d.parts), n.none) & x.expected as empty_or_corrupt,
      coalesce(coverage_any(c.lost_slots, d.parts), n.none) & x.expected as lost,
      coalesce(coverage_any(r.bits::varbit, d.parts), n.none) & x.expected as rejected
    from series s join due d on d.source = s.source and d.session >= s.first_session
    left join coverage c on c.asset_id = s.source_id and c.timeframe = s.timeframe and c.session = d.session and c.expected = d.own_slots
    left join unnest($14::int[], $15::date[], $16::text[]) r(source_id, session, bits)
      on r.source_id = s.source_id and r.session = d.session and length(r.bits) = d.own_slots
    cross join lateral (select case when d.session = s.first_session then least(s.first_slot, d.due) else 0 end as first) f
    cross join lateral (select f.first, ${between('f.first', 'd.due')} as expected) x
    cross join lateral (select repeat('0', d.slots)::varbit as none) n
    where (s.asset_id, d.session) not in (select asset_id, session from whole)
    offset 0
  ), obtainable as (
    select *, empty_or_corrupt & ~empty as corrupt, (reached & ~(empty_or_corrupt & ~empty)) | empty as claimed
    from told
  ), chosen as (
    -- each slot of the first source that has it as obtainable
    select o.*, claimed & ~coalesce(bit_or(claimed) over (of_session order by source rows between unbounded preceding and 1 preceding), none) as own,
      bit_or(filled) over (of_session) as all_filled, max(due) over (of_session) as all_due
    from obtainable o window of_session as (partition by asset_id, session)
  ), served as (
    select asset_id, session, max(slots) as slots, min(first) as first, max(due) as due, greatest(least(min(reach), max(due)), min(first)) as reach,
      bit_or(filled) as filled_slots, bit_or(answered & own) as answered_slots, bit_or(empty & own) as empty_slots, bit_or(lost & own) as lost_slots,
      bit_or(corrupt) & ~bit_or(claimed) as corrupt_slots, bit_or(rejected & own) as rejected_slots,
      (array_agg(attempts order by source) filter (where is_waited_for))[1] as attempts,
      (array_agg(next_attempt_at order by source) filter (where is_waited_for))[1] as next_attempt_at,
      (array_agg(verified_at order by source))[1] as verified_at
    from chosen
    cross join lateral (select position(B'1' in coverage_between(own & ~empty & ~all_filled, 0, all_due)) > 0 as is_waited_for) w
    group by asset_id, session
  ), rejected as (
    select asset_id, session, rejected_slots as bits from served
  ), windows as (
    select *, true as is_cut, false as is_missing, true as as_usual, bit_count(filled_slots) as filled, bit_count(empty_slots) as empty,
      bit_count(corrupt_slots) as corrupt
    from served
  ), ${STATES}`;

/** The columns of `states` that are not zero for a whole session. */
const OF_WHOLE: Readonly<Record<string, string>> = { expected: 'slots', filled: 'slots' };

/** All sessions, added up by asset. Parameters: those of SERVED_STATES. */
export const SUMMARISE_SERVED = `${SERVED_STATES} ${summaryOf(`${BY_ASSET} union all
  select asset_id, ${COUNTS.map((column) => (OF_WHOLE[column] ? `sum(${OF_WHOLE[column]})` : '0')).join(', ')}, count(*), min(session), max(session), 0, null, null
  from whole group by asset_id`)}`;

/** Each session, by asset and session. Parameters: those of SERVED_STATES. */
export const SELECT_SERVED_SESSIONS = `${SERVED_STATES} ${sessionsOf(`(
  select asset_id, session, ${COUNTS.join(', ')}, first_pending, attempts, next_attempt_at, verified_at from states union all
  select asset_id, session, ${COUNTS.map((column) => OF_WHOLE[column] ?? '0').join(', ')}, null, 0, null, verified_at from whole) sessions`)}`;
