import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** Rows that contradict other rows, found in SQL because whole tables are compared. Each names itself in words. */

export interface Contradiction {
  what: string;
  count: number;
}

/**
 * Rows of a series whose run has no row in pipeline_runs, which keeps all runs for ever.
 * @returns one per table and run
 */
export async function findUnknownRuns(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<Contradiction[]> {
  const { rows } = await db.query<Contradiction>(
    `select used.name || ' of run ' || used.run_id as what, used.count::int from (
      select 'bars' as name, run_id, count(*) from bars where asset_id = $1 and timeframe = $2 group by run_id
      union all select 'earlier versions', run_id, count(*) from bar_revisions where asset_id = $1 and timeframe = $2 group by run_id
      union all select 'payloads', run_id, count(*) from raw_payloads where asset_id = $1 and timeframe = $2 group by run_id) used
    where not exists (select 1 from pipeline_runs r where r.run_id = used.run_id) order by 1`,
    [assetId, timeframe],
  );
  return rows;
}

/** Steps and requests of runs that do not exist. */
export async function findUnknownRunsOfSteps(db: Queryable): Promise<Contradiction[]> {
  const { rows } = await db.query<Contradiction>(
    `select used.name || ' of run ' || used.run_id as what, used.count::int from (
      select 'steps' as name, workflow_id, run_id, count(*) from pipeline_run_steps group by workflow_id, run_id
      union all select 'payloads of quotes', workflow_id, run_id, count(*) from raw_payloads where asset_id is null group by workflow_id, run_id
      union all select 'requests', null, run_id, count(*) from provider_calls where run_id is not null group by run_id) used
    where not exists (
      select 1 from pipeline_runs r where r.run_id = used.run_id and r.workflow_id = coalesce(used.workflow_id, r.workflow_id))
    order by 1`,
  );
  return rows;
}

/** Records of requests (kept for 30 days) that differ from the payload which they led to, or whose payload is not stored. */
export async function findWrongCalls(db: Queryable): Promise<{ what: string; isGone: boolean }[]> {
  const { rows } = await db.query<{ what: string; isGone: boolean }>(
    `select 'payload ' || c.payload_id || case when p.id is null then ', requested by ' || c.url || ', is not stored' else ': ' || (
        case when c.url <> p.url then 'the request was ' || c.url || ', the payload says ' || p.url
          when c.status <> p.status then 'the response had status ' || c.status || ', the payload says ' || p.status
          when c.bytes <> p.body_bytes then 'the response had ' || c.bytes || ' bytes, the payload says ' || p.body_bytes
          else 'provider, run or time are not those of its request' end) end as what, p.id is null as "isGone"
    from provider_calls c left join raw_payloads p on p.id = c.payload_id
    where c.payload_id is not null and (p.id is null or
      (c.url, c.status::int, c.bytes, c.provider, c.run_id, c.started_at) is distinct from
      (p.url, p.status::int, p.body_bytes, p.provider, p.run_id, p.fetched_at))
    order by c.payload_id`,
  );
  return rows;
}

/**
 * Versions of bars whose instants contradict each other, their payload or the loads of the series. A version is visible from
 * a load of its payload or an applied split on; a bar that was lost and restored, since its value was first recorded; until a
 * load of the payload that replaced it, or an applied split. Of loads before `load_instants` existed only bounds are known.
 * The next version came with the payload that replaced it, or that payload gave or excluded only its open. A split leaves the
 * payload as it is; all versions that one instant rescaled name the same payload as their successor, that of the split, which
 * may be of another source of the asset.
 */
const VERSION_TIMES = `
  with loads as materialized (
    select distinct b.payload_id, i.instant from batches b cross join lateral unnest(b.load_instants) i(instant)
    where b.asset_id = $1 and b.timeframe = $2
  ), older as (
    select payload_id, max(instant) as until from loads group by payload_id having min(instant) = '-infinity'
  ), applied as (
    select distinct applied_at as instant from corporate_actions where asset_id = $1 and applied_at is not null
  ), sources as (
    select o.id from assets a join assets o on coalesce(o.source_of, o.id) = coalesce(a.source_of, a.id) where a.id = $1
  ), versions as (
    select time, payload_id, fetched_at, open_payload_id, recorded_at, null::timestamptz as replaced_at, null::bigint as replaced_by
    from bars where asset_id = $1 and timeframe = $2
    union all select time, payload_id, fetched_at, open_payload_id, recorded_at, replaced_at, replaced_by_payload
    from bar_revisions where asset_id = $1 and timeframe = $2
  ), chained as (
    select v.*, lead(recorded_at) over by_time as next, lead(payload_id) over by_time as next_payload,
      lead(open_payload_id) over by_time as next_open
    from versions v window by_time as (partition by time order by replaced_at nulls last)
  ), rescaled as (
    select replaced_at, mode() within group (order by replaced_by) as replaced_by from chained
    where next = replaced_at and next_payload = payload_id group by replaced_at
  ), judged as (
    select v.time, case
      when v.fetched_at <> p.fetched_at then 'has another fetch time than payload ' || v.payload_id
      when recorded.instant is null and (old.until is null or v.recorded_at not between v.fetched_at and old.until)
        and v.recorded_at not in (select instant from applied)
        and not exists (select 1 from bar_revisions r where r.asset_id = $1 and r.timeframe = $2 and r.time = v.time
          and r.replaced_at = v.recorded_at and r.replaced_by_payload <> v.payload_id)
        and not exists (select 1 from batches b join raw_payloads o on o.id = b.payload_id
          where b.asset_id = $1 and b.timeframe = $2 and b.payload_id <> v.payload_id
            and (v.time = any(b.times) or o.body is null) and v.recorded_at = any(b.load_instants))
        then 'was recorded at ' || v.recorded_at || ', when no load recorded it'
      when v.replaced_at < v.recorded_at then 'was replaced before it was recorded'
      when v.replaced_at is not null and replaced.instant is null and (by.until is null or v.replaced_at > by.until)
        and v.replaced_at not in (select instant from applied)
        then 'was replaced at ' || v.replaced_at || ', when no load replaced it'
      when v.next < v.replaced_at then 'was replaced after the next version was recorded'
      when v.replaced_by is not null and not exists (
        select 1 from raw_payloads r where r.id = v.replaced_by and r.fetched_at <= v.replaced_at
          and (r.asset_id = $1 or v.replaced_at in (select instant from applied) and r.asset_id in (select id from sources)))
        then 'was replaced by payload ' || v.replaced_by || ', which is none of this asset'
      when v.next = v.replaced_at and v.replaced_by <> case v.next_payload when v.payload_id then s.replaced_by else v.next_payload end
        and not (replaced.instant is not null and (v.replaced_by = v.next_open or exists (
          select 1 from unknown_opens u where u.asset_id = $1 and u.timeframe = $2 and u.time = v.time
            and u.payload_id in (v.replaced_by, v.next_payload))))
        then 'was replaced by payload ' || v.replaced_by || ', and the next version is of another one'
    end as wrong
    from chained v
    left join raw_payloads p on p.id = v.payload_id
    left join loads recorded on recorded.payload_id = v.payload_id and recorded.instant = v.recorded_at
    left join loads replaced on replaced.payload_id = v.replaced_by and replaced.instant = v.replaced_at
    left join rescaled s on s.replaced_at = v.replaced_at
    left join older old on old.payload_id = v.payload_id
    left join older by on by.payload_id = v.replaced_by
  )
  select ${epochMs('time')} as time, wrong from judged where wrong is not null order by judged.time`;

export async function findWrongVersionTimes(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
): Promise<{ time: number; wrong: string }[]> {
  const { rows } = await db.query<{ time: number; wrong: string }>(VERSION_TIMES, [assetId, timeframe]);
  return rows;
}
