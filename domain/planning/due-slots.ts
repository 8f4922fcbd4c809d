import { utcDate } from '../calendars/dates.js';
import type { Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import { HOUR, isDateLabelled } from '../timeframe.js';
import type { SeriesPlanInput, SessionCoverage } from './plan-input.js';

/** For so long after a session's open, the daily bar of the session before is requested without waiting. ms. */
const PRICED_WITHIN_MS = HOUR;

/** A bar that should be requested. Times are epoch ms UTC. */
export interface DueSlot {
  session: Session;
  /** Its open; for `1d` and longer 00:00Z of the trading date. */
  time: number;
  end: number;
}

/**
 * The slots to request, ascending: final, within the provider's reach, not stored, not confirmed empty, and not waiting
 * for their next attempt.
 */
export function dueSlots(input: SeriesPlanInput): DueSlot[] {
  const { calendar, timeframe, limits, refetch } = input;
  const oldest = limits.reachMs === null ? Number.NEGATIVE_INFINITY : input.now - limits.reachMs;
  const from = Math.max(
    input.range.from,
    oldest,
    isDateLabelled(timeframe) ? Number.NEGATIVE_INFINITY : (input.beginsAt ?? Number.NEGATIVE_INFINITY),
  );
  const due: DueSlot[] = [];
  for (const session of calendar.sessionsBetween(from, Math.min(input.range.to, input.asOf))) {
    if (input.sessions && !input.sessions.has(session.date)) continue;
    const known = input.coverage.get(session.date);
    if (!refetch && known && !known.filled.includes('0')) continue;
    const waits = isWaiting(known, session, input);
    slotsOf(calendar.id, timeframe, session).forEach((time, i) => {
      const opens = isDateLabelled(timeframe) ? session.open : time;
      if (opens < from || opens >= input.range.to || (input.beginsAt !== null && time < input.beginsAt)) return;
      const end = slotEnd(timeframe, session, time);
      if (end + input.delayMs + limits.settleMs > input.asOf) return;
      if (end > (input.leaveUnrequestedAfter ?? end) && !wasRequested(known, i)) return;
      if (refetch || isDue(known, i, waits, input.leaveLost)) due.push({ session, time, end });
    });
  }
  return due;
}

/**
 * Opens of all final bars of the range that are neither stored nor confirmed empty, ascending, regardless of the
 * provider's reach and of back-off.
 */
export function unfilledSlots(input: SeriesPlanInput): number[] {
  const limits = { ...input.limits, reachMs: null };
  return dueSlots({ ...input, limits, wallNow: Number.POSITIVE_INFINITY }).map(({ time }) => time);
}

/** Counts the slots within the provider's reach that the provider left empty and that wait for their next attempt. */
export function countWaitingSlots({ calendar, coverage, limits, now, wallNow, beginsAt }: SeriesPlanInput): number {
  const oldest = limits.reachMs === null ? '' : utcDate(now - limits.reachMs);
  const begins = beginsAt === null ? '' : utcDate(beginsAt);
  let waiting = 0;
  for (const [session, { filled, answered, empty, nextAttemptAt }] of coverage) {
    if (session < oldest || session < begins || nextAttemptAt === null || nextAttemptAt <= wallNow) continue;
    // the exchange has turned out to be closed that day
    if (!calendar.sessionOn(session)) continue;
    for (let i = 0; i < filled.length; i++) {
      if (answered[i] === '1' && filled[i] === '0' && empty[i] !== '1') waiting++;
    }
  }
  return waiting;
}

/** Covered by some earlier payload, or stored once. */
const wasRequested = (known: SessionCoverage | undefined, slot: number): boolean =>
  known !== undefined && (known.answered[slot] === '1' || known.lost[slot] === '1');

/**
 * Whether a slot is neither stored nor confirmed empty, and is to be requested now: its back-off has passed, or it has
 * never been requested and no other run has claimed its session (a wait with no failed attempts is such a claim).
 */
function isDue(
  known: SessionCoverage | undefined,
  slot: number,
  waits: boolean,
  leaveLost: boolean | undefined,
): boolean {
  if (!known) return true;
  if (known.filled[slot] === '1' || known.empty[slot] === '1') return false;
  if (leaveLost && known.lost[slot] === '1') return false;
  return known.answered[slot] === '1' ? !waits : !(waits && known.attempts === 0);
}

/**
 * Whether a session waits for its next attempt. A daily bar that came without prices does not wait once the next session
 * has opened: Yahoo may send the prices of a completed day only then.
 */
function isWaiting(
  known: SessionCoverage | undefined,
  session: Session,
  { calendar, timeframe, now, wallNow }: SeriesPlanInput,
): boolean {
  if (!known || known.nextAttemptAt === null || known.nextAttemptAt <= wallNow) return false;
  if (timeframe !== '1d' || known.verifiedAt === null) return true;
  const reopened = calendar.nextSession(session.date)?.open ?? Infinity;
  const lastAttempt = known.verifiedAt + now - wallNow;
  return now < reopened || lastAttempt >= reopened + PRICED_WITHIN_MS;
}
