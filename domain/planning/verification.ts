import { knownUpTo, type Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import type { SeriesPlanInput } from './plan-input.js';
import { DAY, MINUTE } from '../timeframe.js';
import { oldestOf } from './series-limits.js';

/** A session is re-fetched at these times after its last bar is final: half an hour, a day, then every week. ms. */
const VERIFY_AFTER_MS = [30 * MINUTE, DAY, 7 * DAY, 14 * DAY, 21 * DAY, 28 * DAY];
/** Older sessions are not verified. ms. */
const VERIFY_FOR_MS = 29 * DAY;

/**
 * Trading dates of the sessions to re-fetch in order to catch late corrections: those whose last complete payload is older
 * than the latest time at which one was due. Sessions that are not wholly within the provider's reach are left out.
 * @param input its `coverage` decides which sessions are known: a session without coverage is a gap, not a candidate
 * @param clockOffsetMs market clock = wall clock + this
 */
export function sessionsToVerify(input: SeriesPlanInput, clockOffsetMs: number): Set<string> {
  const { calendar, timeframe, limits, delayMs, coverage, now } = input;
  const oldest = Math.max(now - VERIFY_FOR_MS, oldestOf(limits, now));
  const due = new Set<string>();
  for (const session of calendar.sessionsBetween(oldest, knownUpTo(calendar, now))) {
    const known = coverage.get(session.date);
    if (!known || session.open < oldest) continue;
    const last = slotsOf(calendar.id, timeframe, session).at(-1);
    if (last === undefined) continue;
    const final = slotEnd(timeframe, session, last) + delayMs + limits.settleMs;
    const verified = known.verifiedAt === null ? null : known.verifiedAt + clockOffsetMs;
    if (isDue(session, final, verified, now)) due.add(session.date);
  }
  return due;
}

function isDue({ close }: Session, final: number, verifiedAt: number | null, now: number): boolean {
  const times = VERIFY_AFTER_MS.map((ms) => Math.max(close, final) + ms).filter((time) => time <= now);
  const latest = times.at(-1);
  return latest !== undefined && (verifiedAt === null || verifiedAt < latest);
}
