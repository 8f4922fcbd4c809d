import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import type { Product } from './product.js';

/** Has a trade in nearly every minute. */
const SYMBOL = 'SPY';

/**
 * How stale live data becomes during `work`.
 * @returns seconds from the end of the newest stored minute, at worst; while the database is away, of the last one seen
 */
export async function stalenessDuring(product: Product, work: () => Promise<void>): Promise<number> {
  const over = new AbortController();
  let newestEnd = product.now;
  let worstMs = 0;
  const look = async () => {
    while (!over.signal.aborted) {
      const seen = product
        .rows<{ time: Date }>(
          `select max(time) as time from bars b join assets a on a.id = b.asset_id where symbol = $1 and timeframe = '1m'`,
          [SYMBOL],
        )
        .then(([row]) => (newestEnd = row!.time.getTime() + MINUTE));
      await Promise.race([seen.catch(() => {}), delay(SECOND)]);
      worstMs = Math.max(worstMs, product.now - newestEnd);
      await delay(SECOND);
    }
  };
  const looking = look();
  try {
    await work();
  } finally {
    over.abort();
    await looking;
  }
  return worstMs / SECOND;
}
