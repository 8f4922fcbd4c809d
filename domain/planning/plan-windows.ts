import type { Window } from '../bar.js';
import { isDateLabelled, TIMEFRAME_MS } from '../timeframe.js';
import { dueSlots, type DueSlot } from './due-slots.js';
import type { SeriesPlanInput } from './plan-input.js';

/**
 * The windows to request, newest first. Together they hold all due slots. Due slots that are close together share a
 * window, which is at most as wide as one request may be; a provider that serves "the last N days" gets a single window.
 */
export function planWindows(input: SeriesPlanInput): Window[] {
  const due = dueSlots(input);
  const { maxWindowMs, tailDays } = input.limits;
  if (due.length === 0) return [];
  if (tailDays) return [windowOf(input, due[0]!, due.at(-1)!)];
  const windows: Window[] = [];
  // whole sessions if possible: a payload for a whole session also verifies it
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

/** From an overlap before the first bar to the end of the last one. The bounds of a `1d` window are session opens. */
export function windowOf(input: SeriesPlanInput, first: DueSlot, last: DueSlot): Window {
  const from = opensAt(input, first) - overlapMs(input);
  const oldest = input.limits.reachMs === null ? from : input.now - input.limits.reachMs;
  return { from: Math.max(from, oldest), to: last.end };
}

/** How much every request repeats of what came before it, ms. */
export const overlapMs = ({ timeframe, limits }: SeriesPlanInput): number =>
  limits.overlapBars * TIMEFRAME_MS[timeframe];

const opensAt = (input: SeriesPlanInput, slot: DueSlot): number =>
  isDateLabelled(input.timeframe) ? slot.session.open : slot.time;
