import { dividedBy, scaledPrice } from './price-level.sql.js';

/** A close that differs by more than the rounding of a float32: what was divided by a split differs by that. */
const MOVED = 'where abs(o.close / m.close - 1) > 1e-6';

/** Whether a payload has a bar of the series of batch `b` without its open. Each is looked up: few bars open where they close. */
const lacksOpen = (bar: string, payloadId: string): string =>
  `(${bar}.open = ${bar}.close and exists (
        select 1 from unknown_opens u
        where u.asset_id = b.asset_id and u.timeframe = b.timeframe and u.time = ${bar}.time and u.payload_id = ${payloadId}))`;

/** A price of a row without an open, `u` of batch `l`, at the stored level. */
const atStoredLevel = (price: string): string =>
  `coalesce(${scaledPrice(price, dividedBy('l.asset_id', 'i.session', 'l.fetched_at'))}, ${price})`;

/** The answer is later than that with the stored high, low, close and volume. */
const IS_LATER = `(b.fetched_at > o.fetched_at or (b.fetched_at = o.fetched_at
        and b.sha256 > (select p.sha256 from raw_payloads p where p.id = o.payload_id)))`;

/** What is compared of a stored bar. */
const STORED = ['time', 'open', 'high', 'low', 'close', 'volume', 'payload_id', 'fetched_at', 'open_payload_id'];

/**
 * Which answer wins, of all that a source gave for one bar: high, low, close and volume are those of the latest one (by
 * `fetched_at`, ties by sha256). The open is that of the latest one that knows it, unless the range of a later one (low to
 * high) excludes it: then it is unknown, like one that no answer knows, and the close stands in for it. An answer that agrees
 * with the stored bar in all that it knows confirms it without being written.
 *
 * This must not depend on the order of arrival. Therefore three things are known of every answer that was loaded: the slots
 * for which it has a value (`batches.times`), the range of its rows without an open (unknown_opens), and of the stored bar
 * the payload that its open is from, if it is not that of its other values (`open_payload_id`).
 *
 * Finds the rows that are new or change the stored bar, as positions in the batch from 1, unordered. Each batch is compared
 * with the stored bars of its own window, so the cost depends on nothing else. The columns hold the rows from the first
 * position to the last. `mixed` has the changed bars whose values are not all of the batch, as rows of `bars`.
 */
export const findChanges = `
  select b.id, cardinality(b.times) as rows, array_send(c.added) as added, array_send(c.replaced) as replaced, c.mixed, c.first,
    c.moved, c.low_ratio as "lowRatio", c.high_ratio as "highRatio",
    ${['times', 'bar_sessions', 'opens', 'highs', 'lows', 'closes', 'volumes']
      .map((column) => `array_send(b.${column}[c.first:c.last]) as ${column}`)
      .join(', ')}
  from batches b cross join lateral (
    -- the rows that are new or may change the stored bar: of most batches that arrive again or late there are none
    with candidates as materialized (
      select i.*, ${STORED.map((column) => `o.${column} as stored_${column}`).join(', ')}, k.*, a.may_change
      from (
        select generate_series(1, cardinality(b.times)) as n, unnest(b.times) as time, unnest(b.bar_sessions) as session,
          unnest(b.opens) as open, unnest(b.highs) as high, unnest(b.lows) as low, unnest(b.closes) as close,
          unnest(b.volumes) as volume
      ) i
      left join bars o on o.asset_id = b.asset_id and o.timeframe = b.timeframe
        and o.time between b.times[1] and b.times[cardinality(b.times)] and o.time = i.time
      -- what the answer and the stored bar know
      left join lateral (
        select not ${lacksOpen('i', 'b.payload_id')} as knows_open,
          o.open_payload_id is not null or not ${lacksOpen('o', 'o.payload_id')} as knew_open,
          o.high <> i.high or o.low <> i.low or o.close <> i.close or o.volume is distinct from i.volume as differs
        where o.time is not null offset 0) k on true
      cross join lateral (
        select o.time is not null and (k.differs or (k.knows_open and (o.open <> i.open or not k.knew_open))) and case
          when not k.knew_open then true
          when o.open_payload_id is null then ${IS_LATER}
          else (b.fetched_at, b.sha256) > (select p.fetched_at, p.sha256 from raw_payloads p where p.id = o.open_payload_id)
        end as may_change) a
      where o.time is null or a.may_change
    )
    select coalesce(array_agg(i.n) filter (where o.time is null), '{}') as added,
      coalesce(array_agg(i.n) filter (where o.time is not null), '{}') as replaced,
      json_agg(json_build_object('position', i.n, 'asset_id', b.asset_id, 'timeframe', b.timeframe, 'time', i.time,
        'open', m.open, 'high', m.high, 'low', m.low, 'close', m.close, 'volume', m.volume,
        'payload_id', m.payload_id, 'fetched_at', m.fetched_at, 'open_payload_id', case
          when w.knows_open and i.knows_open then b.payload_id
          when w.knows_open then coalesce(o.open_payload_id, o.payload_id) end))
        filter (where o.time is not null and (not w.is_latest or (w.knows_open and not i.knows_open))) as mixed,
      min(i.n) as first, max(i.n) as last, count(*) filter (${MOVED})::int as moved,
      min(o.close / m.close) filter (${MOVED}) as low_ratio, max(o.close / m.close) filter (${MOVED}) as high_ratio
    from candidates i
    cross join lateral (select ${STORED.map((column) => `i.stored_${column} as ${column}`).join(', ')}) o
    -- what later answers say that were loaded before; one that knows the open leaves nothing to this one. Each of them is
    -- read once for the batch, not for each row.
    left join (
      select i.time, bool_or(u.time is null) as know_open, max(l.fetched_at) as fetched_at,
        max(${atStoredLevel('u.low')}) filter (where u.time is not null) as low,
        min(${atStoredLevel('u.high')}) filter (where u.time is not null) as high,
        (array_agg(l.payload_id order by l.fetched_at desc, l.sha256 desc))[1] as payload_id
      from candidates i
      join (
        select p.asset_id, p.payload_id, p.fetched_at, p.sha256, unnest(p.times) as time from batches p
        where p.asset_id = b.asset_id and p.timeframe = b.timeframe and p.state = 'loaded'
          and (p.fetched_at, p.sha256) > (b.fetched_at, b.sha256)
          and p.times[1] <= b.times[cardinality(b.times)] and p.times[cardinality(p.times)] >= b.times[1]
          and exists (select 1 from candidates where may_change)
      ) l on l.time = i.time
      left join unknown_opens u on u.asset_id = b.asset_id and u.timeframe = b.timeframe and u.time = i.time
        and u.time between b.times[1] and b.times[cardinality(b.times)] and u.payload_id = l.payload_id
      where i.may_change
      group by i.time) later on later.time = i.time
    cross join lateral (
      select o.time is null or (later.time is null and ${IS_LATER}) as is_latest,
        case when i.knows_open then i.open between coalesce(later.low, i.open) and coalesce(later.high, i.open)
          else i.knew_open and o.open between i.low and i.high end as knows_open
      offset 0) w
    cross join lateral (
      select case when w.is_latest then i.high else o.high end as high,
        case when w.is_latest then i.low else o.low end as low,
        case when w.is_latest then i.close else o.close end as close,
        case when w.is_latest then i.volume else o.volume end as volume,
        case when w.knows_open then case when i.knows_open then i.open else o.open end
          when w.is_latest then i.close else o.close end as open,
        -- a bar with a stand-in is of the latest answer, also where that only confirmed one whose open it excludes
        case when w.is_latest then b.payload_id
          when w.knows_open then o.payload_id else coalesce(later.payload_id, o.payload_id) end as payload_id,
        case when w.is_latest then b.fetched_at
          when w.knows_open then o.fetched_at else coalesce(later.fetched_at, o.fetched_at) end as fetched_at) m
    where o.time is null
      or (later.know_open is not true
        and ((w.is_latest and i.differs) or m.open <> o.open or w.knows_open <> i.knew_open))
  ) c
  where b.id = any($1::bigint[]) and c.first is not null`;
