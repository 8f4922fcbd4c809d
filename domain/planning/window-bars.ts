import type { Window } from '../bar.js';
import type { Calendar } from '../calendars/calendar.js';
import { slotCount, slotsOf } from '../calendars/slots.js';
import { isDateLabelled, type StoredTimeframe } from '../timeframe.js';

/** The most bars that a payload for a planned window can hold. The bounds of a `1d` window are session opens. */
export const windowBars = (calendar: Calendar, timeframe: StoredTimeframe, { from, to }: Window): number =>
  calendar.sessionsBetween(from, to).reduce((sum, session) => {
    const isWhole = session.open >= from && (isDateLabelled(timeframe) || session.close <= to);
    if (isWhole) return sum + slotCount(calendar.id, timeframe, session);
    if (isDateLabelled(timeframe)) return sum;
    return sum + slotsOf(calendar.id, timeframe, session).filter((slot) => slot >= from && slot < to).length;
  }, 0);
