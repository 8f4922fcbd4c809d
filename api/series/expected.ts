import type { Calendar, Session } from '../../domain/calendars/index.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { slotEnd, slotsOf } from '../../domain/calendars/slots.js';
import type { SeriesLimits } from '../../domain/planning/series-limits.js';
import { DAY, isDateLabelled, type StoredTimeframe } from '../../domain/timeframe.js';
import type { CoverageRow } from '../../db/repositories/read/bar-reader.js';

export type EmptyReason = 'market_closed' | 'not_yet_fetched' | 'unobtainable' | 'no_trades';

/** A series and the rules of its provider and exchange. */
export interface SeriesRules {
  calendar: Calendar;
  timeframe: StoredTimeframe;
  limits: SeriesLimits;
  /** How late the exchange's free feed is, ms. */
  delayMs: number;
}

/** The expected bars of one session that lie in a window: slots `first` to `last`, both inclusive. */
export interface ExpectedSlots {
  session: Session;
  first: number;
  last: number;
  /** Opens of these two bars, epoch ms. */
  firstTime: number;
  lastTime: number;
}

/** The expected bars of a window by session, ascending. What lies after the calendar's data is not known: none. */
export function expectedIn({ calendar, timeframe }: SeriesRules, from: number, to: number): ExpectedSlots[] {
  const known = Math.min(to, midnightOf(calendar.ends));
  // a date label lies outside its session: look a day further on both sides
  const margin = isDateLabelled(timeframe) ? DAY : 0;
  return calendar
    .sessionsBetween(from - margin, Math.min(known + margin, midnightOf(calendar.ends)))
    .flatMap((session) => {
      const slots = slotsOf(calendar.id, timeframe, session);
      const first = slots.findIndex((slot) => slot >= from);
      const last = slots.findLastIndex((slot) => slot < known);
      if (first === -1 || last < first) return [];
      return [{ session, first, last, firstTime: slots[first]!, lastTime: slots[last]! }];
    });
}

/** When the bar that opens at a slot is final at the provider, epoch ms, market clock. */
export const finalAt = ({ timeframe, limits, delayMs }: SeriesRules, session: Session, slot: number): number =>
  slotEnd(timeframe, session, slot) + delayMs + limits.settleMs;

/**
 * Why a window holds no bar.
 * @param beginsAt the series' first bar, where that is known: the provider has none before it
 * @param coverage of the sessions of `expected`
 */
export function emptyReason(
  rules: SeriesRules,
  expected: readonly ExpectedSlots[],
  coverage: readonly CoverageRow[],
  { beginsAt, now }: { beginsAt: number | null; now: number },
): EmptyReason {
  const first = expected[0];
  const last = expected.at(-1);
  if (!first || !last) return 'market_closed';
  if (finalAt(rules, first.session, first.firstTime) > now) return 'not_yet_fetched';
  if (beginsAt !== null && last.lastTime < beginsAt) return 'unobtainable';
  if (allAnswered(expected, coverage)) return 'no_trades';
  const { reachMs } = rules.limits;
  return reachMs !== null && last.lastTime < now - reachMs ? 'unobtainable' : 'not_yet_fetched';
}

/** The provider has answered for each of these bars, and has none of them. */
function allAnswered(expected: readonly ExpectedSlots[], coverage: readonly CoverageRow[]): boolean {
  const bySession = new Map(coverage.map((row) => [row.session, row]));
  return expected.every(({ session, first, last }) => {
    const row = bySession.get(session.date);
    const answered = row?.answered.slice(first, last + 1);
    // a bar that is stored now, but was not at the time that is asked about, or is gone since
    if (row?.filled.slice(first, last + 1).includes('1')) return false;
    return answered?.length === last - first + 1 && !answered.includes('0');
  });
}

/** Every session of the window is over and stored whole, so that its answer stays. */
export function isSettled(
  rules: SeriesRules,
  expected: readonly ExpectedSlots[],
  coverage: readonly CoverageRow[],
  now: number,
): boolean {
  const last = expected.at(-1);
  if (!last) return false;
  const lastSlot = isDateLabelled(rules.timeframe) ? last.lastTime : last.session.close - 1;
  if (finalAt(rules, last.session, lastSlot) > now) return false;
  const complete = new Set(coverage.filter((row) => row.complete).map((row) => row.session));
  return expected.every(({ session }) => complete.has(session.date));
}
