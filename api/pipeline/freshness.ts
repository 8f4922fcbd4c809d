import type { Calendar } from '../../domain/calendars/index.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { finalAt, type SeriesRules } from '../../domain/coverage/due-sessions.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import type { FreshnessBody } from './status.schema.js';

/** Longer than any exchange is ever closed, and longer than any bar. */
const LOOK_BACK_MS = 16 * DAY;
/** What a run may take on top of the schedule's interval before a missing bar counts as stale. */
const RUN_MS = 30 * SECOND;

/** Open of the newest bar that is final at an instant of the market clock; null where none is in sight. */
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
 * How far a series is behind.
 * @param lastBar open of its newest stored bar, epoch ms
 * @param everyMs how often its pipeline looks
 */
export function freshnessOf(
  rules: SeriesRules,
  { symbol, lastBar, now, everyMs }: { symbol: string; lastBar: number | null; now: number; everyMs: number },
): FreshnessBody {
  const expected = lastFinalBar(rules, now);
  const due = lastFinalBar(rules, now - everyMs - RUN_MS);
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

/** Past its data a calendar answers nothing. */
const endOf = (calendar: Calendar): number => Date.parse(`${calendar.ends}T00:00:00Z`);
