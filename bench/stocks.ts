import type { Pool } from 'pg';
import type { ProviderId } from '../config/catalog/providers.js';
import { seedAssets } from '../db/repositories/upkeep/seed-assets.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { Session } from '../domain/calendars/calendar.js';
import { DAY } from '../domain/timeframe.js';

/** T0000, T0001 …: fictitious New York stocks. */
export const benchSymbols = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `T${String(i).padStart(4, '0')}`);

/** Adds stocks to a database without assets. @returns their ids, in order */
export async function addStocks(pool: Pool, count: number, provider: ProviderId = 'yahoo'): Promise<number[]> {
  await seedAssets(
    pool,
    benchSymbols(count).map((symbol) => ({
      symbol,
      name: symbol,
      kind: 'equity',
      provider,
      providerSymbol: symbol,
      exchange: 'XNYS',
      currency: 'USD',
    })),
  );
  const { rows } = await pool.query<{ id: number }>('select id from assets order by symbol');
  return rows.map(({ id }) => id);
}

/** The latest New York sessions that ended at least a day before `now`, ascending, without half days. */
export function latestSessions(count: number, now: number): Session[] {
  const sessions = calendarOf('XNYS').sessionsBetween(now - (2 * count + 14) * DAY, now - DAY);
  return sessions.filter(({ earlyClose, close }) => !earlyClose && close <= now - DAY).slice(-count);
}
