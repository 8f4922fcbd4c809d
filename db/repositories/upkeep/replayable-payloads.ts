import type { SeriesKey } from '../../../domain/bar.js';
import { CODE_VERSION } from '../../../domain/transform/transform.js';
import { decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';

/** Payloads younger than this that were never loaded may still be under way. */
const ON_THE_WAY = '10 minutes';
/** Older ones that were never loaded cannot be loaded now either. */
const WORTH_ANOTHER_TRY = '1 day';

/**
 * Stored payloads that have, or may have, bars at some times, newest first and no more than needed: each is the newest one
 * with a value for at least one of the times. Payloads that were never loaded are always among them, because their contents
 * are unknown.
 * Rows that other rules of an earlier version refused count as values, because the current rules may accept them.
 * @param times ascending, epoch ms
 */
export async function payloadsWithBarsAt(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  times: number[],
): Promise<number[]> {
  const { rows } = await db.query<{ id: string; times: Buffer | null }>(
    `select p.id, array_send(l.times || coalesce(r.times, '{}')) as times
    from raw_payloads p
    left join lateral (
      select b.times, b.code_version from batches b where b.payload_id = p.id and b.state = 'loaded' order by b.id desc limit 1) l on true
    left join lateral (
      select array_agg(j.time) as times from rejected_bars j
      where l.code_version <> $5 and j.payload_id = p.id and j.state = 'open' and j.time is not null) r on true
    where p.asset_id = $1 and p.timeframe = $2 and p.kind = 'bars' and p.body is not null
      -- a daily bar is labelled by its date, but requested by its session
      and p.window_to > $3::timestamptz - interval '1 day' and p.window_from <= $4::timestamptz + interval '1 day'
      -- payloads at another price level are held back for good
      and not exists (select 1 from batches s where s.payload_id = p.id and s.state = 'shifted')
      and (l.times is not null or p.fetched_at between now() - interval '${WORTH_ANOTHER_TRY}' and now() - interval '${ON_THE_WAY}')
    order by p.fetched_at desc, p.sha256 desc`,
    [assetId, timeframe, new Date(times[0]!), new Date(times.at(-1)!), CODE_VERSION],
  );
  const wanted = new Set(times);
  return rows.flatMap((row) => {
    if (row.times === null) return [Number(row.id)];
    const given = decodeFull('timestamptz', row.times).filter((time) => wanted.delete(time));
    return given.length > 0 ? [Number(row.id)] : [];
  });
}
