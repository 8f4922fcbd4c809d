import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { NO_WAIT } from './provider-gate.js';

/** Records that a live run sends a request for some series. A crash of the server may lose it. @param at as PostgreSQL writes it */
export async function recordLiveRequest(
  db: Queryable,
  assetIds: readonly number[],
  timeframe: StoredTimeframe,
  at: string,
): Promise<void> {
  await db.query({
    name: 'record-live-request',
    text: `insert into live_requests as r (asset_id, timeframe, requested_at)
      select asset_id, $2, $3::timestamptz from unnest($1::int[]) asset_id order by asset_id -- every writer in the same order: no deadlock
      on conflict (asset_id, timeframe) do update set requested_at = greatest(r.requested_at, excluded.requested_at)
      returning ${NO_WAIT}`,
    values: [assetIds, timeframe, at],
  });
}

/** When live runs last sent a request for any of some timeframes, by asset id, epoch ms; without an entry: never. */
export async function lastLiveRequests(
  db: Queryable,
  assetIds: readonly number[],
  timeframes: readonly StoredTimeframe[],
): Promise<Map<number, number>> {
  const { rows } = await db.query<{ assetId: number; at: number }>({
    name: 'last-live-requests',
    text: `select asset_id as "assetId", extract(epoch from max(requested_at))::float8 * 1000 as at from live_requests
      where asset_id = any($1::int[]) and timeframe = any($2::timeframe[]) group by asset_id`,
    values: [assetIds, timeframes],
  });
  return new Map(rows.map(({ assetId, at }) => [assetId, at]));
}
