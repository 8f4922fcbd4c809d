import { bucketEdge, closedUntil, type Aggregation } from '../aggregation/buckets.js';
import { LONGEST_CLOSURE_MS } from '../calendars/calendar.js';
import { midnightOf } from '../calendars/dates.js';
import { finalAt, lagOf, type SeriesRules } from '../coverage/due-sessions.js';
import { DAY } from '../timeframe.js';
import { slotsBetween, type SessionSlots } from './session-slots.js';
import type { SeriesWindow } from './window.js';
import { oldestOf } from '../planning/series-limits.js';

/** Why a window has no bars. */
export const GAP_REASONS = [
  'market_closed', // there was no session
  'future', // it has not begun
  'beyond_calendar', // the sessions of its dates are not known
  'not_yet_fetched', // its bars are not over, not fetched yet, or left out by the provider so far
  'nothing_at_provider', // the provider has responded, and has never had a bar of the series
  'unobtainable', // the provider does not have them, or no longer does
  'corrupt', // the provider keeps sending the same values, which break a rule
  'rejected', // the provider's rows broke a rule; they are requested again
  'lost', // they were stored, and something other than a load removed them; they will be restored
  'no_trades', // nothing was traded: it is confirmed empty
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** A window of a series. Times are epoch ms. */
export interface WindowedSeries {
  window: Pick<SeriesWindow, 'from' | 'to'>;
  /** Of the stored series. */
  rules: SeriesRules;
  /** Null if the timeframe is stored. */
  aggregation: Aggregation | null;
  /**
   * Of the stored series, null while it has no bars: its first bar, and the first bar that the provider has ever
   * returned, null while that is not known.
   */
  bounds: { firstTime: number; beginsAt: number | null } | null;
  /** Market clock. */
  now: number;
}

/** What is known of one session; a bit per slot, in time order. */
export interface SessionCoverage {
  session: string;
  /** The provider has responded for the slot. */
  answered: string;
  filled: string;
  /** Confirmed empty: nothing was traded. */
  empty: string;
  /** The provider keeps sending values there that break a rule. */
  corrupt: string;
  /** A bar was stored and has disappeared other than by a load. */
  lost: string;
  /** Every slot is filled or confirmed empty. */
  complete: boolean;
}

/** The slots of a window, and those of them whose aggregate bar could exist by now. */
export interface WindowSlots {
  all: readonly SessionSlots[];
  due: readonly SessionSlots[];
}

/** The stored slots behind a window, up to those of the next session at least; none for a window without a start. */
export function slotsOfWindow(series: WindowedSeries): WindowSlots {
  const { rules, aggregation, window, now } = series;
  if (window.from === null) return { all: [], due: [] };
  const from = storedEdge(series, window.from);
  const to = Math.min(window.to === null ? now + DAY : storedEdge(series, window.to), now + LONGEST_CLOSURE_MS);
  const all = slotsBetween(rules, from, to);
  const final = aggregation ? closedUntil(rules.calendar, aggregation, now - lagOf(rules)) : to;
  if (all[0] && all[0].firstTime >= final) return { all, due: [] };
  return { all, due: final < to ? slotsBetween(rules, from, final) : all };
}

/** What else is known of a window without bars, besides coverage. */
export interface GapFacts {
  /** Of the sessions of `slots.due`. */
  coverage: readonly SessionCoverage[];
  /** Rows of the window broke a rule, and no operator has decided about them. */
  isRejected: boolean;
  /** The provider has responded to requests for the series, and has never had a row. */
  hasNothing: boolean;
  /** The provider does not know the symbol, or no longer does. */
  isUnknown: boolean;
}

/** Why a window has no bars. */
export function gapReason(series: WindowedSeries, slots: WindowSlots, facts: GapFacts): GapReason {
  const { rules, bounds, window, now } = series;
  const beginsAt = bounds?.beginsAt ?? bounds?.firstTime ?? null;
  const unknown = facts.hasNothing ? 'nothing_at_provider' : 'not_yet_fetched';
  if (window.from === null) return beginsAt !== null && (window.to ?? now) <= beginsAt ? 'unobtainable' : unknown;
  if (window.from >= calendarEnd(rules)) return 'beyond_calendar';
  if (window.from > now) return 'future';
  const first = slots.due[0];
  const last = slots.due.at(-1);
  if (!first || !last) return slots.all.length > 0 ? 'not_yet_fetched' : whyNoSession(series, beginsAt);
  if (finalAt(rules, first.session, first.firstTime) > now) return 'not_yet_fetched';
  if (beginsAt !== null && last.lastTime < beginsAt) return 'unobtainable';
  if (facts.hasNothing) return 'nothing_at_provider';
  const state = stateOfAll(slots.due, facts);
  if (state) return state;
  return facts.isUnknown || last.lastTime < oldestOf(rules.limits, now) ? 'unobtainable' : 'not_yet_fetched';
}

/** The first instant after the calendar's last session. */
const calendarEnd = ({ calendar }: SeriesRules): number => midnightOf(calendar.ends) + DAY;

function whyNoSession({ rules, window, now }: WindowedSeries, beginsAt: number | null): GapReason {
  const to = window.to ?? now;
  if (to > midnightOf(rules.calendar.begins)) return 'market_closed';
  return beginsAt !== null && to <= beginsAt ? 'unobtainable' : 'beyond_calendar';
}

/**
 * What the provider has for the slots, if it has responded for every one and no bar is stored: something that is wrong
 * comes before nothing. Null as long as it may still send one: what it leaves out in an outage was traded all the same.
 */
function stateOfAll(slots: readonly SessionSlots[], { coverage, isRejected }: GapFacts): GapReason | null {
  const bySession = new Map(coverage.map((row) => [row.session, row]));
  const bitsOf = (state: 'answered' | 'filled' | 'empty' | 'corrupt' | 'lost') =>
    slots
      .map(({ session, first, last }) =>
        (bySession.get(session.date)?.[state] ?? '').slice(first, last + 1).padEnd(last - first + 1, '0'),
      )
      .join('');
  // a bar is stored now: it was not at the requested instant, or it was deleted after the read
  if (bitsOf('filled').includes('1')) return null;
  if (bitsOf('lost').includes('1')) return 'lost';
  if (bitsOf('answered').includes('0')) return null;
  if (bitsOf('corrupt').includes('1')) return 'corrupt';
  if (isRejected) return 'rejected';
  return bitsOf('empty').includes('0') ? null : 'no_trades';
}

/** A bound among bar times, moved to the edge of its bucket in the stored series. */
const storedEdge = ({ rules, aggregation }: WindowedSeries, time: number): number =>
  aggregation ? bucketEdge(rules.calendar, aggregation, time) : time;
