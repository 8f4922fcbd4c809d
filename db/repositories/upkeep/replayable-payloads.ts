import type { SeriesKey } from '../../../domain/bar.js';
import type { UnfilledSlots } from '../../../domain/planning/due-slots.js';
import { CODE_VERSION } from '../../../domain/transform/transform.js';
import { decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';

/** Payloads younger than this that were never loaded may still be under way. */
const ON_THE_WAY = '10 minutes';
/** Older ones that were never loaded cannot be loaded now either. */
const WORTH_ANOTHER_TRY = '1 day';

/**
 * Stored payloads that have, or may have, bars at some times, newest first and no more than needed: each is the newest one
 * with a value for at least one of the times, or with an open that the newer ones lack. Payloads that were never loaded are always among them, because their contents
 * are unknown.
 * Rows that another version refused count as values, and the contents are unknown if it left rows out as outside the
 * session: the current rules, or the calendar as it is now, may accept them.
 */
export async function payloadsWithBarsAt(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  times: UnfilledSlots,
): Promise<number[]> {
  const { rows } = await db.query<{ id: string; times: Buffer | null; unknownOpens: Buffer }>({
    name: 'payloads-with-bars-at',
    text: `with u as (
      select payload_id, array_agg(time) as times from unknown_opens
      where asset_id = $1 and timeframe = $2 and time between $3 and $4
      group by 1)
    select p.id, case when l.code_version <> $5 and l.rows_ignored ? 'outside_session' then null
      else array_send(l.times || coalesce(r.times, '{}')) end as times,
      array_send(coalesce(u.times, '{}')) as "unknownOpens"
    from raw_payloads p
    left join u on u.payload_id = p.id
    left join lateral (
      select b.times, b.code_version, b.rows_ignored from batches b where b.payload_id = p.id and b.state = 'loaded' order by b.id desc limit 1) l on true
    left join lateral (
      select array_agg(j.time) as times from rejected_rows j
      where l.code_version <> $5 and j.asset_id = p.asset_id and j.timeframe = p.timeframe and j.payload_id = p.id and j.state = 'open' and j.time between $3::timestamptz - interval '1 day' and $4::timestamptz + interval '1 day') r on true
    where p.asset_id = $1 and p.timeframe = $2 and p.kind = 'bars' and p.body is not null
      -- a daily bar is labelled by its date, but requested by its session
      and p.window_to > $3::timestamptz - interval '1 day' and p.window_from <= $4::timestamptz + interval '1 day'
      -- payloads at another price level are held back for good
      and not exists (select 1 from batches s where s.payload_id = p.id and s.state = 'shifted')
      and (l.times is not null or p.fetched_at between now() - interval '${WORTH_ANOTHER_TRY}' and now() - interval '${ON_THE_WAY}')
    order by p.fetched_at desc, p.sha256 desc`,
    values: [assetId, timeframe, new Date(times.first), new Date(times.last), CODE_VERSION],
  });
  const found = new Set<number>();
  const foundOpens = new Set<number>();
  return rows.flatMap((row) => {
    if (row.times === null) return [Number(row.id)];
    const before = found.size + foundOpens.size;
    const unknown = new Set(decodeFull('timestamptz', row.unknownOpens));
    for (const time of decodeFull('timestamptz', row.times)) {
      if (!times.has(time)) continue;
      found.add(time);
      if (!unknown.has(time)) foundOpens.add(time);
    }
    return found.size + foundOpens.size > before ? [Number(row.id)] : [];
  });
}
