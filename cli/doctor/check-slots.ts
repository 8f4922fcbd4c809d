import { midnightOf } from '../../domain/calendars/dates.js';
import type { Calendar, Session } from '../../domain/calendars/calendar.js';
import { dueUntil } from '../../db/repositories/coverage/covered-series.js';
import { slotCount, slotsOf } from '../../domain/calendars/slots.js';
import { payloadDelayOf } from '../../config/catalog/provider-delays.js';
import { dueSessions, finalAt, placeOf, type SlotPlace } from '../../domain/coverage/due-sessions.js';
import {
  countStates,
  PENDING_REASONS,
  type PendingReason,
  type SlotState,
  UNOBTAINABLE_REASONS,
  type UnobtainableReason,
} from '../../domain/coverage/slot-state.js';
import { counted } from '../../domain/in-words.js';
import type { StoredCoverage } from '../../db/repositories/read/whole-series.js';
import type { Findings } from './findings.js';
import { calendarOn, isOfClosedDay, nameOf, type SeriesFile, titleOf } from './stored-series.js';

const REASONS = [...PENDING_REASONS, ...UNOBTAINABLE_REASONS] as const;

/** Slots that are missing for one reason, in one session. */
export interface Missing {
  session: string;
  reason: PendingReason | UnobtainableReason;
  slots: number;
  nextAttemptAt: Date | null;
}

/** The expected slots of a series, counted one by one. */
export interface Tally {
  expected: number;
  filled: number;
  empty: number;
  pending: number;
  unobtainable: number;
  missing: Missing[];
}

/** Checks that every bar is where the calendar expects one, and was final when it was fetched. */
export function checkPlaces(file: SeriesFile, clockOffsetMs: number, findings: Findings): void {
  const { series, bars } = file;
  // whichever feed was chosen when they were fetched
  const rules = { ...file.rules, delayMs: payloadDelayOf(series.provider, series.exchange) };
  const { timeframe } = rules;
  bars.time.forEach((time, i) => {
    const calendar = calendarOn(file, bars.session[i]!);
    const place = placeOf(calendar, timeframe, time);
    const name = nameOf(series, time);
    if (!place) return findings.add('no_slot', `${name}: ${whyNoSlot(calendar, time)}`);
    const { session } = place;
    if (session.date !== bars.session[i])
      findings.add('no_slot', `${name}: belongs to session ${session.date}, not ${bars.session[i]}`);
    const early = finalAt(rules, session, time) - (bars.fetchedAt[i]! + clockOffsetMs);
    if (early > 0) findings.add('not_final', `${name}: fetched ${Math.ceil(early / 1000)} s before it was final`);
  });
}

function whyNoSlot(calendar: Calendar, time: number): string {
  if (time >= midnightOf(calendar.ends)) return 'beyond the calendar';
  const session = calendar.sessionAt(time);
  if (!session) return 'outside all sessions';
  const pause = session.breaks.find(([start, end]) => start <= time && time < end);
  return pause ? 'in a break of the session' : 'off the grid of the session';
}

/** Checks that coverage records for each slot whether a bar is stored, and that its rows match the calendar. */
export function checkCoverage(file: SeriesFile, findings: Findings): void {
  const { series, rules, bars, coverage } = file;
  const { timeframe } = rules;
  const stored = storedSlots(bars.time, (time, i) => placeOf(calendarOn(file, bars.session[i]!), timeframe, time));
  for (const row of coverage) {
    const calendar = calendarOn(file, row.session);
    const session = sessionOn(calendar, row.session);
    const slots = session ? slotCount(calendar.id, timeframe, session) : 0;
    const name = `${titleOf(series)} ${row.session}`;
    if (row.expected !== slots && !isOfClosedDay(file, row))
      findings.add(
        'coverage_row',
        `${name}: ${counted(row.expected, 'slot')}, but the calendar has ${session ? slots : 'no session'}`,
      );
    const bars = stored.get(row.session) ?? new Set<number>();
    stored.delete(row.session);
    const wrong = [...Array(Math.max(slots, row.expected)).keys()].filter(
      (i) => (row.filled[i] === '1') !== bars.has(i),
    );
    if (wrong.length === 0 || !session) continue;
    const [first] = wrong;
    const time = slotsOf(calendar.id, timeframe, session)[first!]!;
    const what = bars.has(first!) ? 'stored, but coverage says it is not' : 'coverage says it is stored, but it is not';
    findings.add('coverage_bits', `${nameOf(series, time)}: ${what}`, wrong.length);
  }
  for (const [session, slots] of stored)
    findings.add('coverage_bits', `${titleOf(series)} ${session}: bars without coverage`, slots.size);
}

function storedSlots(times: number[], place: (time: number, i: number) => SlotPlace | null) {
  const stored = new Map<string, Set<number>>();
  for (const [i, time] of times.entries()) {
    const found = place(time, i);
    if (!found) continue;
    const slots = stored.get(found.session.date) ?? new Set();
    stored.set(found.session.date, slots.add(found.index));
  }
  return stored;
}

const sessionOn = (calendar: SeriesFile['rules']['calendar'], date: string): Session | null =>
  date >= calendar.begins && date <= calendar.ends ? calendar.sessionOn(date) : null;

/**
 * Counts each expected slot by its state, independently of the API, and compares the counts of each session with those of
 * the API. Checks that no slot has two states at once.
 */
export function tallySlots(file: SeriesFile, findings: Findings): Tally {
  const { series, rules, now, coverage, states } = file;
  const tally: Tally = { expected: 0, filled: 0, empty: 0, pending: 0, unobtainable: 0, missing: [] };
  if (!series.active || series.firstBar === null) return tally;
  const { calendar, timeframe } = rules;
  const rows = new Map(coverage.map((row) => [row.session, row]));
  const reported = new Map(states.map((row) => [row.session, row]));
  const rejected = storedSlots(file.rejectedTimes, (time) => placeOf(calendar, timeframe, time));
  for (const { session, due, beyond } of dueSessions(rules, series.firstBar, dueUntil(series, now))) {
    const row = rows.get(session.date);
    // the API counts it by the calendar of today's exchange
    const isElsewhere = row !== undefined && file.elsewhere.has(session.date);
    const first = firstSlotOf(file, session);
    if (first >= due && !isElsewhere) continue;
    const part = isElsewhere ? { first: 0, due: row.expected, beyond: 0 } : { first, due, beyond };
    const counts = countStates(row, part, rejected.get(session.date) ?? new Set());
    const own = ownCounts(counts, part.due - part.first);
    tally.expected += own.expected;
    tally.filled += own.filled;
    tally.empty += own.empty;
    tally.pending += own.pending;
    tally.unobtainable += own.unobtainable;
    tally.missing.push(...missingOf(counts, session.date, row));
    const wrong = isElsewhere ? null : problemOf(own, reported.get(session.date), row);
    if (wrong) findings.add('coverage_sums', `${titleOf(series)} ${session.date}: ${wrong}`);
  }
  return tally;
}

function firstSlotOf({ series, rules: { calendar, timeframe } }: SeriesFile, session: Session): number {
  const firstBar = series.firstBar!;
  if (session.open >= firstBar || midnightOf(session.date) >= firstBar) return 0;
  return slotsOf(calendar.id, timeframe, session).filter((slot) => slot < firstBar).length;
}

type Counts = Record<'expected' | 'filled' | 'empty' | 'pending' | 'unobtainable', number> & {
  reasons: Record<(typeof REASONS)[number], number>;
};

function ownCounts(counts: Map<SlotState, number>, expected: number): Counts {
  const of = (state: SlotState) => counts.get(state) ?? 0;
  const sum = (states: readonly SlotState[]) => states.reduce((total, state) => total + of(state), 0);
  const reasons = Object.fromEntries(REASONS.map((reason) => [reason, of(reason)])) as Counts['reasons'];
  return {
    expected,
    filled: of('filled'),
    empty: of('empty'),
    pending: sum(PENDING_REASONS),
    unobtainable: sum(UNOBTAINABLE_REASONS),
    reasons,
  };
}

function missingOf(counts: Map<SlotState, number>, session: string, row: StoredCoverage | undefined): Missing[] {
  return REASONS.flatMap((reason) => {
    const slots = counts.get(reason);
    return slots ? [{ session, reason, slots, nextAttemptAt: row?.nextAttemptAt ?? null }] : [];
  });
}

/** Null if the counts are consistent. */
function problemOf(own: Counts, reported: Counts | undefined, row: StoredCoverage | undefined): string | null {
  if (own.filled + own.empty + own.pending + own.unobtainable !== own.expected)
    return 'its states do not add up to its slots';
  if (row && [...row.lost].some((bit, i) => bit === '1' && row.filled[i] === '1'))
    return 'a slot is both stored and lost';
  if (!reported) return 'the API does not list it';
  const wrong = (['expected', 'filled', 'empty', 'pending', 'unobtainable'] as const).find(
    (count) => own[count] !== reported[count],
  );
  if (wrong) return `${own[wrong]} ${wrong}, the API says ${reported[wrong]}`;
  const reason = REASONS.find((each) => own.reasons[each] !== reported.reasons[each]);
  return reason ? `${own.reasons[reason]} ${reason}, the API says ${reported.reasons[reason]}` : null;
}
