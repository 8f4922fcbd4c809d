import type { ProviderId } from '../../../config/catalog/providers.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { isBlocked } from '../provider/provider-gate.js';

/** A served source that comes before another one of the same asset. */
export interface EarlierSourceRow {
  /** The later source. */
  of: number;
  provider: ProviderId;
  exchange: CalendarId;
  /** It is paused, or its provider is blocked or in an outage. */
  isOut: boolean;
  /** Open of its newest bar, epoch ms; null if it has none. */
  newestBar: number | null;
}

/** The sources before some others, and how they are in one timeframe. */
export async function earlierSources(
  db: Queryable,
  ids: readonly number[],
  timeframe: StoredTimeframe,
): Promise<EarlierSourceRow[]> {
  const { rows } = await db.query<EarlierSourceRow>({
    name: 'earlier-sources',
    text: `select l.id as of, e.provider, e.exchange,
        not e.active or e.paused_because is not null or coalesce(${isBlocked('p')} or p.outage_since is not null, false) as "isOut",
        (select ${epochMs('b.time')} from bars b where b.asset_id = e.id and b.timeframe = $2 order by b.time desc limit 1) as "newestBar"
      from assets l
      join assets e on coalesce(e.source_of, e.id) = coalesce(l.source_of, l.id) and e.rank < l.rank and e.role = 'serve'
      left join provider_state p on p.provider = e.provider
      where l.id = any($1::int[])`,
    values: [ids, timeframe],
  });
  return rows;
}
