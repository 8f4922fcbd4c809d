import type pg from 'pg';
import type { FindingKind } from '../../../cli/doctor/findings.js';
import { minute, plant, type tuesday } from '../proof-fixture.js';

/** A change that is planted in the sound store: one statement, several, or what SQL cannot say. */
export type Corruption = [
  what: string,
  kind: FindingKind,
  change: string | string[] | ((pool: pg.Pool) => Promise<number>),
];

/** Plants a corruption. @returns how many rows it changed, at least, by each of its statements */
export async function corrupt(pool: pg.Pool, change: Corruption[2]): Promise<number> {
  if (typeof change === 'function') return change(pool);
  let least = Infinity;
  for (const statement of [change].flat()) least = Math.min(least, await plant(pool, statement));
  return least;
}

export const SPY = `asset_id = (select id from assets where symbol = 'SPY')`;
export const BTC = `asset_id = (select id from assets where symbol = 'BTC')`;
export const MINUTES = `${SPY} and timeframe = '1m'`;
export const DAYS = `${SPY} and timeframe = '1d'`;
export const time = (session: typeof tuesday, i: number) => `'${minute(session, i).toISOString()}'`;
/** Of Wednesday's minutes: no later payload has them. */
export const WEDNESDAY = `(select id from raw_payloads where ${MINUTES} order by fetched_at offset 2 limit 1)`;
export const NOBODY = `'0190ffff-0000-7000-8000-000000000009'`;
export const COPIED =
  'session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return, payload_id, run_id, fetched_at, recorded_at';
