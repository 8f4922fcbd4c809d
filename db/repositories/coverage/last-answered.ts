import { keyOf, type SeriesKey } from '../../../domain/bar.js';
import { calendarOf, type CalendarId } from '../../../domain/calendars/index.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';

/**
 * The open of the newest slot of each series that a payload covers, with a bar or without, epoch ms; none for a series that
 * no payload covers. One index lookup per series.
 * @returns by `keyOf`
 */
export async function lastAnsweredSlots(
  db: Queryable,
  series: readonly (SeriesKey & { exchange: CalendarId })[],
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ i: number; session: string; answered: string }>({
    name: 'last-answered-slots',
    text: `select k.i::int - 1 as i, c.session::text, c.answered_slots::text as answered
      from unnest($1::int[], $2::timeframe[]) with ordinality k (asset_id, timeframe, i)
      cross join lateral (
        select session, answered_slots from coverage
        where asset_id = k.asset_id and timeframe = k.timeframe order by session desc limit 1) c`,
    values: [series.map(({ assetId }) => assetId), series.map(({ timeframe }) => timeframe)],
  });
  return new Map(
    rows.flatMap(({ i, session, answered }) => {
      const { exchange, timeframe } = series[i]!;
      const slot = slotOf(exchange, timeframe, session, answered.lastIndexOf('1'));
      return slot === undefined ? [] : [[keyOf(series[i]!), slot] as const];
    }),
  );
}

function slotOf(exchange: CalendarId, timeframe: StoredTimeframe, date: string, index: number): number | undefined {
  const session = index < 0 ? null : calendarOf(exchange).sessionOn(date);
  return session ? slotsOf(exchange, timeframe, session)[index] : undefined;
}
