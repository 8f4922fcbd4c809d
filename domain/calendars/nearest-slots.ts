import { DAY, type StoredTimeframe } from '../timeframe.js';
import type { Calendar } from './calendar.js';
import { midnightOf } from './dates.js';
import { slotsOf } from './slots.js';

/** No exchange stays closed for longer, the weeks after 11 September 2001 and around the Chinese New Year included. */
const REACH = 15 * DAY;

/**
 * The opens of the last bar expected before an instant and of the first one after it, epoch ms; null where there is none
 * within two weeks, or the calendar does not reach.
 */
export function nearestSlots(
  calendar: Calendar,
  timeframe: StoredTimeframe,
  time: number,
): { before: number | null; after: number | null } {
  const end = Math.min(time + REACH, midnightOf(calendar.ends));
  const slots = calendar
    .sessionsBetween(time - REACH, end)
    .flatMap((session) => slotsOf(calendar.id, timeframe, session));
  return {
    before: slots.findLast((slot) => slot < time) ?? null,
    after: slots.find((slot) => slot > time) ?? null,
  };
}
