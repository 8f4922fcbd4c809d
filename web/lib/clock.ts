import { useEffect, useState, useSyncExternalStore } from 'react';
import { RECORDING } from './recording';

/**
 * The API's clocks. The browser's own clock only measures how much time has passed since a response. Sessions, bars and
 * freshness use the market clock; runs are stamped with the wall clock. Both are epoch ms.
 */
interface Anchor {
  marketMs: number;
  offsetMs: number;
  /** `elapsed()` when the clocks showed this. */
  at: number;
}

/** Responses vary by their travel time: a smaller deviation does not reset the clock, so that it never stutters. */
const MIN_CORRECTION_MS = 400;

/** Timers may fire early: better a little late. */
const TIMER_MARGIN_MS = 5;

/** Milliseconds since this page began. In a recording, time stands still. */
export const elapsed = (): number => (RECORDING === null ? performance.now() : 0);

let anchor: Anchor | null = null;
const listeners = new Set<() => void>();

/**
 * Sets the clock from a response.
 * @param marketMs market clock in the response
 * @param offsetMs market clock minus wall clock
 * @param sentAt `elapsed()` when the request was sent; half of the time since then counts as the way back
 */
export function setClock(marketMs: number, offsetMs: number, sentAt: number): void {
  // the responses of a recording are of slightly different instants
  if (RECORDING !== null && anchor) return;
  const now = elapsed();
  const next = { marketMs: marketMs + (now - sentAt) / 2, offsetMs, at: now };
  const before = marketNow();
  if (before !== null && anchor?.offsetMs === offsetMs && Math.abs(next.marketMs - before) < MIN_CORRECTION_MS) return;
  anchor = next;
  for (const listener of listeners) listener();
}

/** The market clock; null until the first response. */
const marketNow = (): number | null => anchor && anchor.marketMs + elapsed() - anchor.at;

/** The wall clock of the API's host; null until the first response. */
const wallNow = (): number | null => anchor && anchor.marketMs - anchor.offsetMs + elapsed() - anchor.at;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A clock in whole steps, rendering at each; null until it is known. */
function useTicks(stepMs: number, read: () => number | null): number | null {
  const known = useSyncExternalStore(
    subscribe,
    () => anchor,
    () => null,
  );
  const [, tick] = useState(0);
  useEffect(() => {
    if (!known || RECORDING !== null) return;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const now = read() ?? 0;
      timer = setTimeout(() => (tick((count) => count + 1), next()), stepMs - (now % stepMs) + TIMER_MARGIN_MS);
    };
    next();
    return () => clearTimeout(timer);
  }, [known, stepMs, read]);
  const now = known && read();
  return now === null ? null : Math.floor(now / stepMs) * stepMs;
}

/** The market clock, ticking in whole steps (ms). */
export const useMarketNow = (stepMs = 1_000): number | null => useTicks(stepMs, marketNow);

/** The wall clock, ticking in whole steps (ms). */
export const useWallNow = (stepMs = 1_000): number | null => useTicks(stepMs, wallNow);
