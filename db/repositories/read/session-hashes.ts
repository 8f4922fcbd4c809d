import type { SeriesKey } from '../../../domain/bar.js';
import { DAY } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/**
 * SHA-256 (hex) over the stored bars of each session from one trading date to another, both inclusive. It is computed from
 * the current bars, so changes by SQL show too. Each bar, in time order, is 48 bytes, big-endian: its time as a 64-bit
 * integer, epoch ms, then open, high, low, close and volume as doubles (IEEE 754), NaN if there is no volume. In Python:
 * `struct.pack('>q5d', …)`.
 * @returns hashes by trading date; a session without bars has none
 */
export async function hashSessions(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  first: string,
  last: string,
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ session: string; hash: string }>({
    name: 'session-hashes',
    // the primary key is by time; no session begins or ends further from the midnight of its date
    text: `select session::text, encode(sha256(string_agg(int8send((extract(epoch from time) * 1000)::bigint) || float8send(open) || float8send(high)
        || float8send(low) || float8send(close) || float8send(coalesce(volume, 'NaN')), ''::bytea order by time)), 'hex') as hash
      from bars where asset_id = $1 and timeframe = $2 and time >= $3 and time < $4 and session between $5 and $6
      group by session`,
    values: [assetId, timeframe, new Date(Date.parse(first) - DAY), new Date(Date.parse(last) + 2 * DAY), first, last],
  });
  return new Map(rows.map(({ session, hash }) => [session, hash]));
}
