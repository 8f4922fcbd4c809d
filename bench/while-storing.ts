import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/** Between two commits: about 20 per second, or as many as there are stocks in 25 s. */
export const STORING_INTERVAL_MS = 45;

/** Stores the next minute and live price of one of some stocks, again and again, while `work` runs. */
export async function whileStoring<T>(pool: pg.Pool, symbols: readonly string[], work: () => Promise<T>): Promise<T> {
  let isStoring = true;
  const store = async () => {
    for (; isStoring; await delay(STORING_INTERVAL_MS))
      await pool.query(STORE_MINUTE, [symbols[Math.floor(Math.random() * symbols.length)]]);
  };
  const stored = store();
  try {
    return await work();
  } finally {
    isStoring = false;
    await stored;
  }
}

const STORE_MINUTE = `
  with last as (
    select o.* from bars o join assets a on a.id = o.asset_id
    where a.symbol = $1 and o.timeframe = '1m' order by o.time desc limit 1),
  quoted as (
    update quotes q set price = last.close, time = now(), fetched_at = now() from last where q.asset_id = last.asset_id)
  insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
    payload_id, run_id, fetched_at, recorded_at)
  select asset_id, timeframe, time + interval '1 minute', session, close, close, close, close, volume, sma_20, sma_50, 0, 0,
    payload_id, run_id, now(), now() from last`;
