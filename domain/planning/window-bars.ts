import type { Window } from '../bar.js';
import type { Calendar } from '../calendars/calendar.js';
import { slotCount, slotsOf } from '../calendars/slots.js';
import { isDateLabelled, type StoredTimeframe } from '../timeframe.js';

/** How many bars an answer for a planned window can hold. A window of `1d` bars is one of session opens. */
export const windowBars = (calendar: Calendar, timeframe: StoredTimeframe, { from, to }: Window): number =>
  calendar.sessionsBetween(from, to).reduce((sum, session) => {
    const isWhole = session.open >= from && (isDateLabelled(timeframe) || session.close <= to);
    if (isWhole) return sum + slotCount(calendar.id, timeframe, session);
    if (isDateLabelled(timeframe)) return sum;
    return sum + slotsOf(calendar.id, timeframe, session).filter((slot) => slot >= from && slot < to).length;
  }, 0);
