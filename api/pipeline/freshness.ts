import type { Calendar } from '../../domain/calendars/index.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { finalAt, type SeriesRules } from '../../domain/coverage/due-sessions.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import type { FreshnessBody } from './status.schema.js';

/** Longer than any closure of an exchange, and longer than any bar. */
const LOOK_BACK_MS = 16 * DAY;
/** Time that a run may take, on top of that, before a missing bar makes the series stale. */
const RUN_MS = 30 * SECOND;

/** Open of the newest bar that is final at an instant of the market clock; null if there is none within the look-back. */
export function lastFinalBar(rules: SeriesRules, at: number): number | null {
  const { calendar, timeframe } = rules;
  const sessions = calendar.sessionsBetween(at - LOOK_BACK_MS, Math.min(at, endOf(calendar)));
  for (const session of sessions.reverse()) {
    const slot = slotsOf(calendar.id, timeframe, session).findLast((open) => finalAt(rules, session, open) <= at);
    if (slot !== undefined) return slot;
  }
  return null;
}

/**
 * How far a series lags behind.
 * @param lastBar open of its newest stored bar, epoch ms
 * @param withinMs time after a bar is final within which it should be stored
 */
export function freshnessOf(
  rules: SeriesRules,
  { symbol, lastBar, now, withinMs }: { symbol: string; lastBar: number | null; now: number; withinMs: number },
): FreshnessBody {
  const expected = lastFinalBar(rules, now);
  const due = lastFinalBar(rules, now - withinMs - RUN_MS);
  return {
    symbol,
    timeframe: rules.timeframe,
    lastBar: lastBar === null ? null : isoSeconds(lastBar),
    expectedBar: expected === null ? null : isoSeconds(expected),
    lagSeconds: lastBar === null || expected === null ? null : Math.max(0, expected - lastBar) / SECOND,
    state: stateOf(lastBar, due, isOpen(rules.calendar, now)),
  };
}

function stateOf(lastBar: number | null, due: number | null, open: boolean): FreshnessBody['state'] {
  if (lastBar === null) return 'empty';
  if (due !== null && lastBar < due) return 'stale';
  return open ? 'fresh' : 'closed';
}

const isOpen = (calendar: Calendar, now: number): boolean => now < endOf(calendar) && calendar.sessionAt(now) !== null;

/** A calendar throws for dates after its end. */
const endOf = (calendar: Calendar): number => Date.parse(`${calendar.ends}T00:00:00Z`);
