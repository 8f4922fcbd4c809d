import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** A stored bar with its close in place of an unknown open. Epoch ms. */
export interface UnknownOpen {
  time: number;
  /** The stored bar before it; null if there is none. */
  before: number | null;
}

/**
 * The bars of a series from `from` on, and before `to` if it is not null, whose open is a stand-in, ascending.
 * @param asOf of the version that was stored then, epoch ms, wall clock; null = now
 */
export async function readUnknownOpens(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  { from, to }: { from: number; to: number | null },
  asOf: number | null,
): Promise<UnknownOpen[]> {
  const { rows } = await db.query<UnknownOpen>({
    name: 'unknown-opens',
    text: `select ${epochMs('r.time')} as time, (
        select ${epochMs('max(o.time)')} from bars o
        where o.asset_id = r.asset_id and o.timeframe = r.timeframe and o.time < r.time) as before
      from unknown_opens r
      where r.asset_id = $1 and r.timeframe = $2 and r.time >= $3 and r.time < coalesce($4::timestamptz, 'infinity')
        and (exists (
          select 1 from bars b
          where b.asset_id = r.asset_id and b.timeframe = r.timeframe and b.time = r.time and b.payload_id = r.payload_id
            and b.open_payload_id is null and b.recorded_at <= coalesce($5::timestamptz, 'infinity'))
        or exists (
          select 1 from bar_revisions v
          where v.asset_id = r.asset_id and v.timeframe = r.timeframe and v.time = r.time and v.payload_id = r.payload_id
            and v.open_payload_id is null and v.recorded_at <= $5 and v.replaced_at > $5))
      order by r.time`,
    values: [
      assetId,
      timeframe,
      new Date(from),
      to === null ? null : new Date(to),
      asOf === null ? null : new Date(asOf),
    ],
  });
  return rows;
}
