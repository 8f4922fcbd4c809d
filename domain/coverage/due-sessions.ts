import type { Calendar, Session } from '../calendars/calendar.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import { slotCount, slotEnd, slotIndex, slotsOf } from '../calendars/slots.js';
import { oldestOf, type SeriesLimits } from '../planning/series-limits.js';
import { isDateLabelled, type StoredTimeframe } from '../timeframe.js';

/** Determines which bars a series is expected to have by now. */
export interface SeriesRules {
  calendar: Calendar;
  timeframe: StoredTimeframe;
  limits: SeriesLimits;
  /** How late the newest bars are at the provider, ms. */
  delayMs: number;
}

/** A session with bars that are final by now. Counts start at the session's first slot. */
export interface DueSession {
  session: Session;
  /** Slots of the whole session. */
  slots: number;
  /** How many of them, from the first one on, are final: their bars are expected. At least one. */
  due: number;
  /** How many of them, from the first one on, are beyond the provider's reach. */
  beyond: number;
}

/**
 * The sessions with expected bars, ascending, from the session of the series' first bar on.
 * @param firstBar its `time`, epoch ms: for date-labelled timeframes 00:00Z of the trading date
 * @param now market clock, epoch ms
 * @throws RangeError if the calendar ends before `now`
 */
export function dueSessions(rules: SeriesRules, firstBar: number, now: number): DueSession[] {
  const { calendar, timeframe } = rules;
  return calendar.sessionsBetween(firstBar, now).flatMap((session) => {
    if (isDateLabelled(timeframe) && midnightOf(session.date) < firstBar) return [];
    const slots = slotCount(calendar.id, timeframe, session);
    const due = slots === 0 ? 0 : countDue(rules, session, slots, now);
    return due === 0 ? [] : [{ session, slots, due, beyond: countBeyond(rules, session, slots, now) }];
  });
}

/** How long after its close a bar is final at the provider, ms. */
export const lagOf = ({ delayMs, limits }: Pick<SeriesRules, 'delayMs' | 'limits'>): number =>
  delayMs + limits.settleMs;

/** When the bar of a slot is final at the provider, epoch ms, market clock. */
export const finalAt = (rules: SeriesRules, session: Session, slot: number): number =>
  slotEnd(rules.timeframe, session, slot) + lagOf(rules);

function countDue(rules: SeriesRules, session: Session, slots: number, now: number): number {
  const { calendar, timeframe } = rules;
  // an intraday bar ends with its session at the latest: the slots are made of the newest sessions only
  if (!isDateLabelled(timeframe) && session.close + lagOf(rules) <= now) return slots;
  return slotsOf(calendar.id, timeframe, session).filter((slot) => finalAt(rules, session, slot) <= now).length;
}

/** Follows what requests can reach: a date-labelled bar is requested by its session's open. */
function countBeyond({ calendar, timeframe, limits }: SeriesRules, session: Session, slots: number, now: number) {
  const oldest = oldestOf(limits, now);
  if (session.open >= oldest) return 0;
  if (isDateLabelled(timeframe) || session.close <= oldest) return slots;
  return slotsOf(calendar.id, timeframe, session).filter((slot) => slot < oldest).length;
}

/** A place in a series: the i-th slot of a session. */
export interface SlotPlace {
  session: Session;
  index: number;
}

/** The slot of the bar that opens at `time`; null if none is expected then, or `time` is outside the calendar's data. */
export function placeOf(calendar: Calendar, timeframe: StoredTimeframe, time: number): SlotPlace | null {
  if (!(time >= midnightOf(calendar.begins) && time <= midnightOf(calendar.ends))) return null;
  const session = isDateLabelled(timeframe) ? calendar.sessionOn(utcDate(time)) : calendar.sessionAt(time);
  const index = session ? slotIndex(calendar.id, timeframe, session, time) : -1;
  return session && index >= 0 ? { session, index } : null;
}
