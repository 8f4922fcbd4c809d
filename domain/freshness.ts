import { knownUpTo } from './calendars/calendar.js';
import type { Calendar } from './calendars/index.js';
import { midnightOf } from './calendars/dates.js';
import { openTime } from './calendars/open-time.js';
import { slotEnd, slotsOf } from './calendars/slots.js';
import { finalAt, lagOf, placeOf, type SeriesRules } from './coverage/due-sessions.js';
import { DAY, MINUTE, SECOND } from './timeframe.js';

export const FRESHNESS_STATES = ['fresh', 'stale', 'closed', 'empty'] as const;
export type FreshnessState = (typeof FRESHNESS_STATES)[number];

/** What a series has. Bar opens, epoch ms; null if it has none. */
export interface Newest {
  lastBar: number | null;
  /** Open of the newest slot that a payload covers, with a bar or without. */
  lastAnswered: number | null;
}

/** How far a series lags behind. */
export interface Freshness {
  /** Open of the newest bar that is final at the provider; null if there is none within the look-back. */
  expectedBar: number | null;
  /** From the last bar to the expected one, ms; null without both. */
  lagMs: number | null;
  /** For how much open-market time the first missing bar is overdue, ms; 0 if none is. */
  overdueMs: number;
  /** When the first missing bar became overdue, epoch ms, market clock; null if none is. */
  overdueSince: number | null;
  state: FreshnessState;
}

/** Longer than any closure of an exchange, and longer than any bar. */
const LOOK_BACK_MS = 16 * DAY;
/** Time that a run may take, on top of that, before a missing bar makes the series stale. */
const RUN_MS = 30 * SECOND;
/** For so much open-market time a provider may have no bars without being behind: nobody traded. */
const QUIET_MS = 30 * MINUTE;

/** Open of the newest bar that is final at an instant of the market clock; null if there is none within the look-back. */
export function lastFinalBar(rules: SeriesRules, at: number): number | null {
  const { calendar, timeframe } = rules;
  const sessions = calendar.sessionsBetween(at - LOOK_BACK_MS, knownUpTo(calendar, at));
  for (const session of sessions.reverse()) {
    const slot = slotsOf(calendar.id, timeframe, session).findLast((open) => finalAt(rules, session, open) <= at);
    if (slot !== undefined) return slot;
  }
  return null;
}

/**
 * How far a series lags behind. A slot that the provider left empty is not missing, unless it has been silent for longer
 * than nobody trades.
 * @param now market clock, epoch ms
 * @param withinMs time after a bar is final within which it should be stored
 */
export function freshnessOf(
  rules: SeriesRules,
  { lastBar, lastAnswered, now, withinMs }: Newest & { now: number; withinMs: number },
): Freshness {
  const expectedBar = lastFinalBar(rules, now);
  const lagMs = lastBar === null || expectedBar === null ? null : Math.max(0, expectedBar - lastBar);
  if (lastBar === null) return { expectedBar, lagMs, overdueMs: 0, overdueSince: null, state: 'empty' };
  const dueAt = now - withinMs - RUN_MS;
  const missing = firstMissing(rules, lastBar, lastAnswered, dueAt);
  if (!missing) {
    return {
      expectedBar,
      lagMs,
      overdueMs: 0,
      overdueSince: null,
      state: isOpen(rules.calendar, now) ? 'fresh' : 'closed',
    };
  }
  const allowedMs = lagOf(rules) + withinMs + RUN_MS;
  return {
    expectedBar,
    lagMs,
    overdueMs: openTime(rules.calendar, missing.end, now - allowedMs),
    overdueSince: missing.end + allowedMs,
    state: 'stale',
  };
}

/** The first slot after the last bar that was final at an instant and is neither stored nor quiet; null if there is none. */
function firstMissing(
  rules: SeriesRules,
  lastBar: number,
  lastAnswered: number | null,
  dueAt: number,
): { end: number } | null {
  const due = lastFinalBar(rules, dueAt);
  if (due === null || due <= lastBar) return null;
  if (lastAnswered !== null && lastAnswered > lastBar) {
    const silentMs = openTime(rules.calendar, lastBar, lastAnswered);
    if (silentMs <= QUIET_MS) return lastAnswered >= due ? null : slotAfter(rules, lastAnswered, dueAt);
  }
  return slotAfter(rules, lastBar, dueAt);
}

function slotAfter({ calendar, timeframe }: SeriesRules, after: number, until: number): { end: number } | null {
  const from = placeOf(calendar, timeframe, after)?.session.open ?? after;
  for (const session of calendar.sessionsBetween(from, knownUpTo(calendar, until))) {
    const slot = slotsOf(calendar.id, timeframe, session).find((open) => open > after);
    if (slot !== undefined) return { end: slotEnd(timeframe, session, slot) };
  }
  return null;
}

const isOpen = (calendar: Calendar, now: number): boolean =>
  now < midnightOf(calendar.ends) && calendar.sessionAt(now) !== null;
