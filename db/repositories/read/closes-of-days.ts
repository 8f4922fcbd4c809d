import type { Queryable } from '../../client.js';

/**
 * The closes of stored daily bars.
 * @param days 00:00Z of trading dates, epoch ms
 * @returns by those of the days that have a bar
 */
export async function closesOfDays(
  db: Queryable,
  assetId: number,
  days: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await db.query<{ time: number; close: number }>(
    `select extract(epoch from time)::float8 * 1000 as time, close from bars
      where asset_id = $1 and timeframe = '1d' and time = any($2::timestamptz[])`,
    [assetId, days.map((day) => new Date(day))],
  );
  return new Map(rows.map(({ time, close }) => [time, close]));
}
