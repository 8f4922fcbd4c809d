import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { DAY } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/** The stored bars of a session. */
export interface SessionHash {
  bars: number;
  hash: string;
}

const BARS =
  'from bars where asset_id = any($1::int[]) and timeframe = $2 and time >= $3 and time < $4 and session between $5 and $6';

/**
 * SHA-256 (hex) over the stored bars of each session from one trading date to another, both inclusive. It is computed from
 * the current bars, so changes by SQL show too. Each bar, in time order, is 48 bytes, big-endian: its time as a 64-bit
 * integer, epoch ms, then open, high, low, close and volume as doubles (IEEE 754), NaN if there is no volume. In Python:
 * `struct.pack('>q5d', …)`.
 * @param assetIds of the sources, by rank: for each time the bar of the first one that has one
 * @returns by trading date; a session without bars has none
 */
export async function hashSessions(
  db: Queryable,
  assetIds: readonly number[],
  timeframe: StoredTimeframe,
  first: string,
  last: string,
): Promise<Map<string, SessionHash>> {
  const isMerged = assetIds.length > 1;
  const { rows } = await db.query<SessionHash & { session: string }>({
    name: isMerged ? 'served-session-hashes' : 'session-hashes',
    text: `select session::text, count(*)::int as bars, encode(sha256(string_agg(int8send((extract(epoch from time) * 1000)::bigint) || float8send(open) || float8send(high)
        || float8send(low) || float8send(close) || float8send(coalesce(volume, 'NaN')), ''::bytea order by time)), 'hex') as hash
      ${isMerged ? `from (select distinct on (time) * ${BARS} order by time, array_position($1, asset_id)) b` : BARS}
      group by session`,
    // the primary key is by time; no session begins or ends further from the midnight of its date
    values: [assetIds, timeframe, new Date(Date.parse(first) - DAY), new Date(Date.parse(last) + 2 * DAY), first, last],
  });
  return new Map(rows.map(({ session, ...hash }) => [session, hash]));
}
