import { DAY, type StoredTimeframe } from '../timeframe.js';
import { type Calendar, knownUpTo } from './calendar.js';
import { slotsOf } from './slots.js';

/** No exchange stays closed for longer, not even after 11 September 2001 or around the Chinese New Year. ms. */
const SEARCH_MS = 15 * DAY;

/**
 * The opens of the last expected bar before an instant and of the first one after it, epoch ms; null if there is none
 * within two weeks or within the calendar's data.
 */
export function nearestSlots(
  calendar: Calendar,
  timeframe: StoredTimeframe,
  time: number,
): { before: number | null; after: number | null } {
  const end = knownUpTo(calendar, time + SEARCH_MS);
  const slots = calendar
    .sessionsBetween(time - SEARCH_MS, end)
    .flatMap((session) => slotsOf(calendar.id, timeframe, session));
  return {
    before: slots.findLast((slot) => slot < time) ?? null,
    after: slots.find((slot) => slot > time) ?? null,
  };
}
