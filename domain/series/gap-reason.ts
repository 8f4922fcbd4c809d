import { bucketEdge, closedUntil, type Aggregation } from '../aggregation/buckets.js';
import { finalAt, lagOf, type SeriesRules } from '../coverage/due-sessions.js';
import { DAY } from '../timeframe.js';
import { slotsBetween, type SessionSlots } from './session-slots.js';
import type { SeriesWindow } from './window.js';

/** Why a window has no bars. */
export const GAP_REASONS = ['market_closed', 'not_yet_fetched', 'unobtainable', 'no_trades'] as const;
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
  /** Every slot is filled or confirmed empty. */
  complete: boolean;
}

/** The slots of a window, and those of them whose aggregate bar could exist by now. */
export interface WindowSlots {
  all: readonly SessionSlots[];
  due: readonly SessionSlots[];
}

/** The stored slots behind a window; none for a window without a start. */
export function slotsOfWindow(series: WindowedSeries): WindowSlots {
  const { rules, aggregation, window, now } = series;
  if (window.from === null) return { all: [], due: [] };
  const from = storedEdge(series, window.from);
  const to = window.to === null ? now + DAY : storedEdge(series, window.to);
  const all = slotsBetween(rules, from, to);
  const final = aggregation ? closedUntil(rules.calendar, aggregation, now - lagOf(rules)) : to;
  if (all[0] && all[0].firstTime >= final) return { all, due: [] };
  return { all, due: final < to ? slotsBetween(rules, from, final) : all };
}

/**
 * Why a window has no bars.
 * @param coverage of the sessions of `slots.due`
 */
export function gapReason(series: WindowedSeries, slots: WindowSlots, coverage: readonly SessionCoverage[]): GapReason {
  const { rules, bounds, window, now } = series;
  const beginsAt = bounds?.beginsAt ?? bounds?.firstTime ?? null;
  if (window.from === null) {
    return beginsAt !== null && (window.to ?? now) <= beginsAt ? 'unobtainable' : 'not_yet_fetched';
  }
  const first = slots.due[0];
  const last = slots.due.at(-1);
  if (!first || !last) return slots.all.length > 0 ? 'not_yet_fetched' : 'market_closed';
  if (finalAt(rules, first.session, first.firstTime) > now) return 'not_yet_fetched';
  if (beginsAt !== null && last.lastTime < beginsAt) return 'unobtainable';
  if (allConfirmedEmpty(slots.due, coverage)) return 'no_trades';
  const { reachMs } = rules.limits;
  return reachMs !== null && last.lastTime < now - reachMs ? 'unobtainable' : 'not_yet_fetched';
}

/** The provider has responded for every slot, and has a bar for none of them. */
function allConfirmedEmpty(slots: readonly SessionSlots[], coverage: readonly SessionCoverage[]): boolean {
  const bySession = new Map(coverage.map((row) => [row.session, row]));
  return slots.every(({ session, first, last }) => {
    const row = bySession.get(session.date);
    const answered = row?.answered.slice(first, last + 1);
    // a bar is stored now: it was not at the requested instant, or it was deleted after the read
    if (row?.filled.slice(first, last + 1).includes('1')) return false;
    return answered?.length === last - first + 1 && !answered.includes('0');
  });
}

/** A bound among bar times, moved to the edge of its bucket in the stored series. */
const storedEdge = ({ rules, aggregation }: WindowedSeries, time: number): number =>
  aggregation ? bucketEdge(rules.calendar, aggregation, time) : time;
