import type { PriceColumns } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { columnsSql, decodeColumns, PRICES } from './bar-columns.js';
import { IN_PAGE, pageValues, type PageRequest } from './bar-page.js';

/** Bars as they were stored at an instant of the wall clock. */
export class BarHistory {
  constructor(private readonly db: Queryable) {}

  /**
   * Bars of a window, always ascending by time. A version is visible from its `recorded_at` to that of the next one; a bar
   * first recorded later is absent. A deletion by SQL leaves no trace: a deleted bar is absent at every instant.
   * @param at epoch ms, wall clock
   */
  async prices(request: PageRequest, at: number): Promise<PriceColumns> {
    const order = request.newest ? 'desc' : 'asc';
    const { rows } = await this.db.query<Record<string, Buffer | null>>({
      name: `bar-history-${order}`,
      text: pageSql(order),
      values: [...pageValues(request), new Date(at)],
    });
    return decodeColumns(PRICES, rows[0], request.newest);
  }
}

// each part is read in the order of its index and stops at the limit, so the cost of a page does not depend on the length
// of the series. A bar whose stored version was visible at the instant needs no revision
const pageSql = (order: 'asc' | 'desc'): string => `
  select ${columnsSql(Object.keys(PRICES))}
  from (
    (select time, open, high, low, close, volume from bars
     where ${IN_PAGE} and recorded_at <= $6
     order by time ${order} limit $5)
    union all
    (select distinct on (time) time, open, high, low, close, volume from bar_revisions r
     where ${IN_PAGE} and recorded_at <= $6 and exists (
       select 1 from bars b
       where b.asset_id = $1 and b.timeframe = $2 and b.time = r.time and b.recorded_at > $6)
     order by time ${order}, recorded_at desc limit $5)
    order by time ${order} limit $5
  ) page`;
