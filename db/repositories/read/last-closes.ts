import type { Queryable } from '../../client.js';

/**
 * The closes of the last stored daily bars of an asset.
 * @returns by 00:00Z of the trading date, epoch ms; the latest first
 */
export async function lastCloses(db: Queryable, assetId: number, count: number): Promise<Map<number, number>> {
  const { rows } = await db.query<{ time: number; close: number }>(
    `select extract(epoch from time)::float8 * 1000 as time, close from bars
      where asset_id = $1 and timeframe = '1d' order by time desc limit $2`,
    [assetId, count],
  );
  return new Map(rows.map(({ time, close }) => [time, close]));
}
