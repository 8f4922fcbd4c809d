import type { Window } from '../bar.js';
import { TIMEFRAME_MS } from '../timeframe.js';
import { dueSpans } from './due-slots.js';
import type { SeriesPlanInput } from './plan-input.js';
import { oldestOf } from './series-limits.js';

/**
 * The windows to request, newest first. Together they hold all due slots. Due slots that are close together share a
 * window, which is at most as wide as one request may be; a provider that serves "the last N days" gets a single window.
 */
export function planWindows(input: SeriesPlanInput): Window[] {
  const due = dueSpans(input);
  const { maxWindowMs, tailDays } = input.limits;
  if (due.length === 0) return [];
  if (tailDays) return [windowOf(input, due[0]!.opens, due.at(-1)!.end)];
  const windows: Window[] = [];
  // whole sessions if possible: a payload for a whole session also verifies it
  let { opens, end } = due.at(-1)!;
  for (const span of due.slice(0, -1).reverse()) {
    if (maxWindowMs !== null && end - span.opens + overlapMs(input) > maxWindowMs) {
      windows.push(windowOf(input, opens, end));
      end = span.end;
    }
    opens = span.opens;
  }
  windows.push(windowOf(input, opens, end));
  return windows;
}

/** From an overlap before the first bar to the end of the last one. @param opens of a `1d` bar, its session's open */
export function windowOf(input: SeriesPlanInput, opens: number, end: number): Window {
  const from = opens - overlapMs(input);
  return { from: Math.max(from, oldestOf(input.limits, input.now)), to: end };
}

/** How much every request repeats of what came before it, ms. */
export const overlapMs = ({ timeframe, limits }: SeriesPlanInput): number =>
  limits.overlapBars * TIMEFRAME_MS[timeframe];
