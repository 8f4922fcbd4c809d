import type { Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import type { SeriesPlanInput } from './plan-windows.js';
import { DAY, MINUTE } from '../timeframe.js';

/** A session is asked for again so long after its last bar has closed, then on the next day, then once a week. ms. */
const VERIFY_AFTER_MS = [30 * MINUTE, DAY, 7 * DAY, 14 * DAY, 21 * DAY, 28 * DAY];
/** Sessions older than this are left alone. ms. */
const VERIFY_FOR_MS = 29 * DAY;

/**
 * Trading dates of the sessions that are to be asked for again, so that late corrections are seen: those whose last whole
 * answer is older than the latest time at which one was due. What the provider cannot answer for as a whole is left out.
 * @param clockOffsetMs market clock = wall clock + this
 */
export function sessionsToVerify(input: SeriesPlanInput, clockOffsetMs: number): Set<string> {
  const { calendar, timeframe, limits, delayMs, coverage, now } = input;
  const oldest = now - Math.min(VERIFY_FOR_MS, limits.reachMs ?? VERIFY_FOR_MS);
  const due = new Set<string>();
  for (const session of calendar.sessionsBetween(oldest, now)) {
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
