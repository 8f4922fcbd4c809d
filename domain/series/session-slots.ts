import type { Session } from '../calendars/index.js';
import { knownUpTo } from '../calendars/calendar.js';
import { slotsOf } from '../calendars/slots.js';
import type { SeriesRules } from '../coverage/due-sessions.js';
import { DAY, isDateLabelled } from '../timeframe.js';

/** The slots of one session that lie in a window: `first` to `last`, both inclusive. */
export interface SessionSlots {
  session: Session;
  first: number;
  last: number;
  /** Opens of these two slots, epoch ms. */
  firstTime: number;
  lastTime: number;
}

/** The slots of a window by session, ascending. There are none beyond the calendar's data. */
export function slotsBetween(
  { calendar, timeframe }: Pick<SeriesRules, 'calendar' | 'timeframe'>,
  from: number,
  to: number,
): SessionSlots[] {
  const known = knownUpTo(calendar, to);
  // a date label lies outside its session, so the search extends by a day on both sides
  const margin = isDateLabelled(timeframe) ? DAY : 0;
  return calendar.sessionsBetween(from - margin, knownUpTo(calendar, known + margin)).flatMap((session) => {
    const slots = slotsOf(calendar.id, timeframe, session);
    const first = slots.findIndex((slot) => slot >= from);
    const last = slots.findLastIndex((slot) => slot < known);
    if (first === -1 || last < first) return [];
    return [{ session, first, last, firstTime: slots[first]!, lastTime: slots[last]! }];
  });
}
