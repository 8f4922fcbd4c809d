import type { Window } from '../bar.js';
import type { Calendar, Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import type { SeriesLimits } from './series-limits.js';
import { isDateLabelled, MINUTE, TIMEFRAME_MS, type StoredTimeframe } from '../timeframe.js';

/** What is known of one session of a series; a bit a slot, as in the table coverage. No bits: every slot is filled. */
export interface SessionCoverage {
  filled: string;
  answered: string;
  /** Confirmed empty: nobody asks for them. All zeros may be ''. */
  empty: string;
  /** Stored once, and gone by other means than a load. All zeros may be ''. */
  lost: string;
  attempts: number;
  /** Epoch ms, wall clock; null = no need to wait. */
  nextAttemptAt: number | null;
  /** When an answer for the whole session was last fetched, epoch ms, wall clock. */
  verifiedAt: number | null;
}

export interface SeriesPlanInput {
  calendar: Calendar;
  timeframe: StoredTimeframe;
  limits: SeriesLimits;
  /** How late the exchange's free feed is, ms. */
  delayMs: number;
  coverage: ReadonlyMap<string, SessionCoverage>;
  /** The series' first bar, where that is known; nothing is expected before it. */
  beginsAt: number | null;
  /** Bar opens that the run looks at, half-open (market clock). */
  range: Window;
  /** The run's time (market clock): only bars that are final by then are asked for. */
  asOf: number;
  /** The market clock now: a provider's reach counts from it. */
  now: number;
  /** The wall clock, for back-off. */
  wallNow: number;
  /** Asks for every expected bar of the range, stored or not. */
  refetch?: boolean;
  /** Only these sessions (trading dates). */
  sessions?: ReadonlySet<string>;
  /** Bars that close after this and that nobody has asked for yet are left to the live run. */
  unaskedBefore?: number;
  /** Leaves alone what was stored once and is gone: heal brings it back, from stored payloads first. */
  leaveLost?: boolean;
}

/** A bar that should be asked for. */
interface DueSlot {
  session: Session;
  time: number;
  end: number;
}

/**
 * Windows to ask the provider for, newest first: all expected bars that are final, not stored, and not waiting for
 * their next attempt. Windows that are due lie close together become one, as wide as one request may be.
 */
export function planWindows(input: SeriesPlanInput): Window[] {
  const due = dueSlots(input);
  const { maxWindowMs, tailDays } = input.limits;
  if (due.length === 0) return [];
  if (tailDays) return [windowOf(input, due[0]!, due.at(-1)!)];
  const windows: Window[] = [];
  // whole sessions where possible: an answer for all of one also verifies it
  const sessions = [...Map.groupBy(due, ({ session }) => session).values()].reverse();
  let last = sessions[0]!.at(-1)!;
  let first = sessions[0]![0]!;
  for (const slots of sessions.slice(1)) {
    if (maxWindowMs !== null && last.end - opensAt(input, slots[0]!) + overlapMs(input) > maxWindowMs) {
      windows.push(windowOf(input, first, last));
      last = slots.at(-1)!;
    }
    first = slots[0]!;
  }
  windows.push(windowOf(input, first, last));
  return windows;
}

/**
 * The one request of a live run: the newest window of planWindows, and the newest bars again while they are young
 * enough to change. Null when there is nothing to ask for.
 * @param always asks for the newest session even when nothing is due (a run that a person started)
 */
export function planLiveWindow(input: SeriesPlanInput, always = false): Window | null {
  const planned = planWindows(input)[0] ?? null;
  const recheck = always ? latestSession(input) : youngest(input);
  if (!planned || !recheck) return planned ?? recheck;
  const widest = input.limits.maxWindowMs ?? Number.POSITIVE_INFINITY;
  const joined = { from: Math.min(planned.from, recheck.from), to: Math.max(planned.to, recheck.to) };
  return joined.to - joined.from <= widest ? joined : planned;
}

/**
 * Opens of all final bars of the range that are neither stored nor confirmed empty, ascending, whatever the provider
 * reaches and whenever they are to be asked for again.
 */
export function openSlots(input: SeriesPlanInput): number[] {
  const limits = { ...input.limits, reachMs: null };
  return dueSlots({ ...input, limits, wallNow: Number.POSITIVE_INFINITY }).map(({ time }) => time);
}

function dueSlots(input: SeriesPlanInput): DueSlot[] {
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
    slotsOf(calendar.id, timeframe, session).forEach((time, i) => {
      const opens = isDateLabelled(timeframe) ? session.open : time;
      if (opens < from || opens >= input.range.to || (input.beginsAt !== null && time < input.beginsAt)) return;
      const end = slotEnd(timeframe, session, time);
      if (end + input.delayMs + limits.settleMs > input.asOf) return;
      if (end > (input.unaskedBefore ?? end) && !isAsked(known, i)) return;
      if (refetch || isWanted(known, i, input)) due.push({ session, time, end });
    });
  }
  return due;
}

/** Slots within the provider's reach that it left empty, and that wait for their next attempt. */
export function countWaiting({ coverage, limits, now, wallNow, beginsAt }: SeriesPlanInput): number {
  const dateOf = (instant: number | null) => (instant === null ? '' : new Date(instant).toISOString().slice(0, 10));
  const oldest = dateOf(limits.reachMs === null ? null : now - limits.reachMs);
  const begins = dateOf(beginsAt);
  let waiting = 0;
  for (const [session, { filled, answered, empty, nextAttemptAt }] of coverage) {
    if (session < oldest || session < begins || nextAttemptAt === null || nextAttemptAt <= wallNow) continue;
    for (let i = 0; i < filled.length; i++) {
      if (answered[i] === '1' && filled[i] === '0' && empty[i] !== '1') waiting++;
    }
  }
  return waiting;
}

/** Answered for at some time, or stored once. */
const isAsked = (known: SessionCoverage | undefined, slot: number): boolean =>
  known !== undefined && (known.answered[slot] === '1' || known.lost[slot] === '1');

/** Not stored, nor confirmed empty; and either never asked for, nor being asked for by a run that claimed the session, or due again. */
function isWanted(
  known: SessionCoverage | undefined,
  slot: number,
  { wallNow, leaveLost }: Pick<SeriesPlanInput, 'wallNow' | 'leaveLost'>,
): boolean {
  if (!known) return true;
  if (known.filled[slot] === '1' || known.empty[slot] === '1') return false;
  if (leaveLost && known.lost[slot] === '1') return false;
  const waiting = known.nextAttemptAt !== null && known.nextAttemptAt > wallNow;
  return known.answered[slot] === '1' ? !waiting : !(waiting && known.attempts === 0);
}

const opensAt = (input: SeriesPlanInput, slot: DueSlot): number =>
  isDateLabelled(input.timeframe) ? slot.session.open : slot.time;
const overlapMs = ({ timeframe, limits }: SeriesPlanInput): number => limits.overlapBars * TIMEFRAME_MS[timeframe];

/** From an overlap before the first bar to the end of the last one. A `1d` window is one of session opens. */
function windowOf(input: SeriesPlanInput, first: DueSlot, last: DueSlot): Window {
  const from = opensAt(input, first) - overlapMs(input);
  const oldest = input.limits.reachMs === null ? from : input.now - input.limits.reachMs;
  return { from: Math.max(from, oldest), to: last.end };
}

/** The newest final bars, while the last of them is younger than `recheckMs`. */
function youngest(input: SeriesPlanInput): Window | null {
  const { limits, asOf, delayMs } = input;
  if (limits.recheckMs === 0) return null;
  const reached = asOf - delayMs - limits.settleMs;
  const last = input.calendar.sessionsBetween(reached - limits.recheckMs - MINUTE, reached).at(-1);
  if (!last) return null;
  const to = Math.min(last.close, Math.floor(reached / MINUTE) * MINUTE);
  if (to <= last.open || reached - to > limits.recheckMs) return null;
  return { from: Math.max(last.open, to - overlapMs(input)), to };
}

/** The final part of the newest session that has one. */
function latestSession(input: SeriesPlanInput): Window | null {
  const { calendar, timeframe, limits, delayMs, asOf } = input;
  for (const session of calendar.sessionsBetween(asOf - 14 * 24 * 60 * MINUTE, asOf).reverse()) {
    const final = slotsOf(calendar.id, timeframe, session).filter(
      (slot) => slotEnd(timeframe, session, slot) + delayMs + limits.settleMs <= asOf,
    );
    if (final.length > 0)
      return windowOf(
        input,
        { session, time: final[0]!, end: 0 },
        { session, time: 0, end: slotEnd(timeframe, session, final.at(-1)!) },
      );
  }
  return null;
}
