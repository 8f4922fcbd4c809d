import type { Window } from '../bar.js';
import { LONGEST_CLOSURE_MS } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import { isDateLabelled, MINUTE } from '../timeframe.js';
import type { SeriesPlanInput } from './plan-input.js';
import { overlapMs, planWindows, windowOf } from './plan-windows.js';

/**
 * The one request of a live run: the newest window of `planWindows`, extended to the newest bars while those are young
 * enough to change. Null if there is nothing to request.
 * @param always requests the newest session even if nothing is due (a run that a person started)
 */
export function planLiveWindow(input: SeriesPlanInput, always = false): Window | null {
  const planned = planWindows(input)[0] ?? null;
  const recheck = always ? latestSessionWindow(input) : youngWindow(input);
  if (!planned || !recheck) return planned ?? recheck;
  const widest = input.limits.maxWindowMs ?? Number.POSITIVE_INFINITY;
  const joined = { from: Math.min(planned.from, recheck.from), to: Math.max(planned.to, recheck.to) };
  return joined.to - joined.from <= widest ? joined : planned;
}

/** The newest final bars, while the last of them is younger than `recheckMs`. */
function youngWindow(input: SeriesPlanInput): Window | null {
  const { limits, asOf, delayMs } = input;
  if (limits.recheckMs === 0) return null;
  const finalUntil = asOf - delayMs - limits.settleMs;
  const last = input.calendar.sessionsBetween(finalUntil - limits.recheckMs - MINUTE, finalUntil).at(-1);
  if (!last) return null;
  const to = Math.min(last.close, Math.floor(finalUntil / MINUTE) * MINUTE);
  if (to <= last.open || finalUntil - to > limits.recheckMs) return null;
  return { from: Math.max(last.open, to - overlapMs(input)), to };
}

/** The final part of the newest session that has one. */
function latestSessionWindow(input: SeriesPlanInput): Window | null {
  const { calendar, timeframe, limits, delayMs, asOf } = input;
  for (const session of calendar.sessionsBetween(asOf - LONGEST_CLOSURE_MS, asOf).reverse()) {
    const final = slotsOf(calendar.id, timeframe, session).filter(
      (slot) => slotEnd(timeframe, session, slot) + delayMs + limits.settleMs <= asOf,
    );
    if (final.length === 0) continue;
    const opens = isDateLabelled(timeframe) ? session.open : final[0]!;
    return windowOf(input, opens, slotEnd(timeframe, session, final.at(-1)!));
  }
  return null;
}
