import type pg from 'pg';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import type { Plan } from '../contracts/activities.js';
import { providersInOutage } from '../db/repositories/provider/outages.js';
import { CALENDAR_IDS, calendarOf } from '../domain/calendars/index.js';
import { marketStatus } from '../domain/calendars/market-state.js';

/** What a run needs to probe providers: those in outage, and the exchanges of which the newest bars are due. */
export async function planProbes(pool: pg.Pool, marketNow: number): Promise<Pick<Plan, 'outages' | 'trading'>> {
  const outages = await providersInOutage(pool);
  if (outages.length === 0) return { outages };
  const trading = CALENDAR_IDS.filter(
    (id) => marketStatus(calendarOf(id), marketNow - EXCHANGES[id].delayMs).state === 'open',
  );
  return { outages, trading };
}
