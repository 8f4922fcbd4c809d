import type { ProviderId } from '../../../config/catalog/providers.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { IS_REQUESTED } from '../read/active-assets.js';

export interface PendingSlots {
  symbol: string;
  source: ProviderId;
  timeframe: StoredTimeframe;
  slots: number;
}

/** How many slots of each series are pending in sessions that were requested, from a trading date (YYYY-MM-DD) on. */
export async function pendingSlots(db: Queryable, since: string): Promise<PendingSlots[]> {
  const { rows } = await db.query<PendingSlots>({
    name: 'pending-slots',
    text: `select a.symbol, a.provider as source, c.timeframe, sum(c.pending)::int as slots
      from assets a join coverage c on c.asset_id = a.id and c.session >= $1::date
      where ${IS_REQUESTED} and asset_problem(a) is null group by 1, 2, 3 order by 1, 2, 3`,
    values: [since],
  });
  return rows;
}
