import { DAY } from '../timeframe.js';
import type { Calendar, Session } from './calendar.js';
import { midnightOf, utcDate } from './dates.js';

const sessionFrom = (midnight: number): Session | null =>
  midnight < 0
    ? null
    : { date: utcDate(midnight), open: midnight, close: midnight + DAY, breaks: [], earlyClose: false };

const floorToDay = (instant: number): number => Math.floor(instant / DAY) * DAY;

/** The market that never closes. Each UTC day since 1970 is a session that opens when the one before closes. */
export const ALWAYS_OPEN: Calendar = {
  id: '24/7',
  timezone: 'UTC',
  begins: '1970-01-01',
  ends: '9999-12-31',
  sessionOn: (date) => sessionFrom(midnightOf(date)),
  sessionAt: (instant) => sessionFrom(floorToDay(instant)),
  sessionsBetween(from, to) {
    const sessions: Session[] = [];
    if (!(from < to)) return sessions;
    for (let midnight = Math.max(0, floorToDay(from)); midnight < to; midnight += DAY) {
      sessions.push(sessionFrom(midnight)!);
    }
    return sessions;
  },
  previousSession: (date) => sessionFrom(midnightOf(date) - DAY),
  nextSession: (date) => sessionFrom(Math.max(midnightOf(date) + DAY, 0)),
  nextOpen: () => null,
  nextClose: () => null,
  tradingDate: utcDate,
  holidayOn: () => null,
};
