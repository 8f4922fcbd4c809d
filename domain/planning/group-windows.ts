import type { Window } from '../bar.js';

/** How much a provider puts into one response. */
export interface ResponseLimits {
  symbols: number;
  /** Of all symbols together. */
  bars: number;
}

/** The same window for several members. */
export interface WindowGroup<T> {
  window: Window;
  members: T[];
}

/**
 * Puts windows of several symbols together into as few requests as a provider's limits allow. The window of a group reaches
 * from the earliest beginning to the latest end among its members: those that need the newest bars only share a request,
 * and one that was left behind gets another, whose bars do not multiply by all the others.
 * @param barMs length of a bar
 */
export function groupWindows<T extends { window: Window }>(
  wanted: readonly T[],
  barMs: number,
  { symbols, bars }: ResponseLimits,
): WindowGroup<T>[] {
  const groups: WindowGroup<T>[] = [];
  for (const one of wanted.toSorted((a, b) => b.window.from - a.window.from || b.window.to - a.window.to)) {
    const group = groups.at(-1);
    const joined = group ? union(group.window, one.window) : one.window;
    const barsEach = Math.ceil((joined.to - joined.from) / barMs);
    if (group && group.members.length < symbols && (group.members.length + 1) * barsEach <= bars) {
      group.members.push(one);
      group.window = joined;
    } else groups.push({ window: one.window, members: [one] });
  }
  return groups;
}

const union = (a: Window, b: Window): Window => ({ from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) });
