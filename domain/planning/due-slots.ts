import { utcDate } from '../calendars/dates.js';
import type { Session } from '../calendars/calendar.js';
import { slotEnd, slotIndex, slotsOf } from '../calendars/slots.js';
import { DAY, HOUR, isDateLabelled } from '../timeframe.js';
import type { SeriesPlanInput, SessionCoverage } from './plan-input.js';
import { oldestOf } from './series-limits.js';

/** For so long after a session's open, the daily bar of the session before is requested without waiting. ms. */
const PRICED_WITHIN_MS = HOUR;

/** The slots of a session to request. Times are epoch ms UTC. */
export interface DueSpan {
  /** The open of the first slot; for `1d` and longer the session's open. */
  opens: number;
  /** The end of the last slot. */
  end: number;
}

/** Slots without a stored bar. Times are epoch ms UTC; of `1d` and longer bars, 00:00Z of the trading date. */
export interface UnfilledSlots {
  first: number;
  last: number;
  has(time: number): boolean;
}

interface DueSlot {
  time: number;
  opens: number;
  end: number;
}

/**
 * The sessions with slots to request, ascending: slots that are final, within the provider's reach, not stored, not
 * confirmed empty, and not waiting for their next attempt.
 */
export function dueSpans(input: SeriesPlanInput): DueSpan[] {
  const from = earliestOpen(input);
  const isDueAsAWhole = wholeSessions(input, from);
  const spans: DueSpan[] = [];
  for (const session of sessionsOf(input, from)) {
    if (isDueAsAWhole(session)) {
      spans.push({ opens: session.open, end: session.close });
      continue;
    }
    const due = dueSlots(session, input, from);
    if (due.length > 0) spans.push({ opens: due[0]!.opens, end: due.at(-1)!.end });
  }
  return spans;
}

/**
 * All final bars of the range that are neither stored nor confirmed empty, regardless of the provider's reach and of
 * back-off; null if there are none.
 */
export function unfilledSlots(series: SeriesPlanInput): UnfilledSlots | null {
  const input = {
    ...series,
    limits: { ...series.limits, reachMs: null, since: undefined },
    wallNow: Number.POSITIVE_INFINITY,
  };
  const { calendar, timeframe } = input;
  const from = earliestOpen(input);
  const isDueAsAWhole = wholeSessions(input, from);
  const times = new Set<number>();
  let wholes = null as { first: Session; last: Session } | null;
  for (const session of sessionsOf(input, from)) {
    if (isDueAsAWhole(session)) wholes = { first: wholes?.first ?? session, last: session };
    else for (const { time } of dueSlots(session, input, from)) times.add(time);
  }
  const slots = (session: Session) => slotsOf(calendar.id, timeframe, session);
  const bounds = [...times, ...(wholes ? [...slots(wholes.first), ...slots(wholes.last)] : [])];
  if (bounds.length === 0) return null;
  const isInWhole = (time: number, { first, last }: NonNullable<typeof wholes>): boolean => {
    const session = calendar.sessionOn(isDateLabelled(timeframe) ? utcDate(time) : calendar.tradingDate(time));
    if (!session || session.open < first.open || session.open > last.open) return false;
    const isWanted = isDueAsAWhole(session) && (!input.sessions || input.sessions.has(session.date));
    return isWanted && slotIndex(calendar.id, timeframe, session, time) !== -1;
  };
  return {
    first: bounds.reduce((least, time) => Math.min(least, time)),
    last: bounds.reduce((most, time) => Math.max(most, time)),
    has: (time) => times.has(time) || (wholes !== null && isInWhole(time, wholes)),
  };
}

/** No bar that opens before this is requested. For date-labelled timeframes a session's open. */
const earliestOpen = ({ timeframe, limits, now, range, beginsAt }: SeriesPlanInput): number =>
  Math.max(
    range.from,
    oldestOf(limits, now),
    isDateLabelled(timeframe) ? Number.NEGATIVE_INFINITY : (beginsAt ?? Number.NEGATIVE_INFINITY),
  );

function sessionsOf({ calendar, range, asOf, sessions }: SeriesPlanInput, from: number): Session[] {
  const all = calendar.sessionsBetween(from, Math.min(range.to, asOf));
  return sessions ? all.filter(({ date }) => sessions.has(date)) : all;
}

/** Tells sessions whose slots are all due without a look at them: nothing is known of the session, or nothing of it matters. */
function wholeSessions(input: SeriesPlanInput, from: number): (session: Session) => boolean {
  const { timeframe, coverage, range, asOf, delayMs, limits, refetch, leaveUnrequestedAfter } = input;
  if (timeframe === '4d') return () => false; // not every session has the label of such a bar
  const beginsAt = input.beginsAt ?? Number.NEGATIVE_INFINITY;
  // a label is at most a day before its session's open
  const earliest = Math.max(from, isDateLabelled(timeframe) ? beginsAt + DAY : beginsAt);
  const latest = Math.min(range.to, asOf - delayMs - limits.settleMs, leaveUnrequestedAfter ?? Infinity);
  const whateverIsKnown = refetch === true && leaveUnrequestedAfter === undefined;
  return ({ date, open, close }) => open >= earliest && close <= latest && (whateverIsKnown || !coverage.has(date));
}

function dueSlots(session: Session, input: SeriesPlanInput, from: number): DueSlot[] {
  const { calendar, timeframe, limits, refetch } = input;
  const known = input.coverage.get(session.date);
  if (!refetch && known && !known.filled.includes('0')) return [];
  const waits = isWaiting(known, session, input);
  return slotsOf(calendar.id, timeframe, session).flatMap((time, i) => {
    const opens = isDateLabelled(timeframe) ? session.open : time;
    if (opens < from || opens >= input.range.to || (input.beginsAt !== null && time < input.beginsAt)) return [];
    if (!refetch && !isDue(known, i, waits, input.leaveLost)) return [];
    const end = slotEnd(timeframe, session, time);
    if (end + input.delayMs + limits.settleMs > input.asOf) return [];
    if (end > (input.leaveUnrequestedAfter ?? end) && !wasRequested(known, i)) return [];
    return { time, opens, end };
  });
}

/** Counts the slots within the provider's reach that the provider left empty and that wait for their next attempt. */
export function countWaitingSlots({ calendar, coverage, limits, now, wallNow, beginsAt }: SeriesPlanInput): number {
  const reaches = oldestOf(limits, now);
  const oldest = reaches === Number.NEGATIVE_INFINITY ? '' : utcDate(reaches);
  const begins = beginsAt === null ? '' : utcDate(beginsAt);
  let waiting = 0;
  for (const [session, known] of coverage) {
    const { nextAttemptAt } = known;
    if (session < oldest || session < begins || nextAttemptAt === null || nextAttemptAt <= wallNow) continue;
    // the exchange has turned out to be closed that day
    if (calendar.sessionOn(session)) waiting += countLeftOut(known);
  }
  return waiting;
}

/** The sessions (trading dates) of which a payload has left out bars that are not confirmed empty, or had some rejected. */
export const sessionsLeftOut = (coverage: ReadonlyMap<string, SessionCoverage>): Set<string> =>
  new Set([...coverage].flatMap(([session, known]) => (countLeftOut(known) > 0 ? [session] : [])));

function countLeftOut({ filled, answered, empty }: SessionCoverage): number {
  let count = 0;
  for (let i = 0; i < filled.length; i++) if (answered[i] === '1' && filled[i] === '0' && empty[i] !== '1') count++;
  return count;
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
