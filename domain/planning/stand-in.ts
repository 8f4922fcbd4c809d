import { knownUpTo, LONGEST_CLOSURE_MS } from '../calendars/calendar.js';
import { slotsOf } from '../calendars/slots.js';
import { finalAt, lagOf, type SeriesRules } from '../coverage/due-sessions.js';
import { MINUTE } from '../timeframe.js';

/** A source without a bar for this long, in a session and beyond its delay, is silent. ms. */
const SILENT_AFTER_MS = 2 * MINUTE;

/** A source that comes before another one, in one timeframe. */
export interface EarlierSource {
  /** Requests to it would fail: it is paused, or its provider is blocked or in an outage. */
  isOut: boolean;
  /** Open of its newest bar, epoch ms; null if it has none. */
  newestBar: number | null;
  rules: SeriesRules;
}

/**
 * Whether a later source stands in for all earlier ones, so that it is requested for the newest bars.
 * @param earlier none: it is the first
 * @param asOf market clock, epoch ms
 */
export const standsIn = (earlier: readonly EarlierSource[], asOf: number): boolean =>
  earlier.every((source) => source.isOut || isSilent(source, asOf));

/** It lacks the bar that was final two minutes ago. */
function isSilent({ rules, newestBar }: EarlierSource, asOf: number): boolean {
  const newest = newestFinalSlot(rules, asOf - SILENT_AFTER_MS);
  return newest !== null && (newestBar === null || newestBar < newest);
}

/** The newest slot whose bar is final at an instant. Epoch ms. */
function newestFinalSlot(rules: SeriesRules, at: number): number | null {
  const { calendar, timeframe } = rules;
  for (const session of calendar.sessionsBetween(at - LONGEST_CLOSURE_MS, knownUpTo(calendar, at)).reverse()) {
    const slot = slotsOf(calendar.id, timeframe, session).findLast((one) => finalAt(rules, session, one) <= at);
    if (slot !== undefined) return slot;
  }
  return null;
}

/**
 * The sessions from an instant on, by trading date, whose bars are all final: those for which a source that does not stand
 * in is requested, once, so that its bars can be compared with those of the others and fill their holes.
 * @param from epoch ms
 * @param asOf market clock, epoch ms
 */
export function endedSessions(
  rules: Pick<SeriesRules, 'limits' | 'delayMs' | 'calendar'>,
  from: number,
  asOf: number,
): Set<string> {
  const until = asOf - lagOf(rules);
  return new Set(
    rules.calendar.sessionsBetween(from, asOf).flatMap(({ date, close }) => (close <= until ? [date] : [])),
  );
}
