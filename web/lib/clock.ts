import { useEffect, useState, useSyncExternalStore } from 'react';

/**
 * Time as the API has it: the browser's clock is never asked what time it is, only how much has passed. The market
 * clock is what sessions, bars and freshness go by; the wall clock is what runs are stamped with. Both are epoch ms.
 */
interface Anchor {
  marketMs: number;
  offsetMs: number;
  /** `performance.now()` at which it was so. */
  at: number;
}

/** Answers differ by how long they were under way: below this the clock is not set again, so that it never stutters. */
const SET_AGAIN_FROM_MS = 400;

let anchor: Anchor | null = null;
const listeners = new Set<() => void>();

/**
 * Sets the clock from an answer.
 * @param marketMs market clock of the answer
 * @param offsetMs market clock minus wall clock
 * @param sentAt `performance.now()` when the request was sent; half the time since then is taken as its way back
 */
export function setClock(marketMs: number, offsetMs: number, sentAt: number): void {
  const now = performance.now();
  const next = { marketMs: marketMs + (now - sentAt) / 2, offsetMs, at: now };
  const before = marketNow();
  if (before !== null && anchor?.offsetMs === offsetMs && Math.abs(next.marketMs - before) < SET_AGAIN_FROM_MS) return;
  anchor = next;
  for (const listener of listeners) listener();
}

/** The market clock; null until the API has told it. */
const marketNow = (): number | null => anchor && anchor.marketMs + performance.now() - anchor.at;

/** The wall clock of the API's host; null until the API has told it. */
const wallNow = (): number | null => anchor && anchor.marketMs - anchor.offsetMs + performance.now() - anchor.at;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whole steps of the market clock, rendering at each; null until it is known. */
function useTicks(stepMs: number, read: () => number | null): number | null {
  const known = useSyncExternalStore(
    subscribe,
    () => anchor,
    () => null,
  );
  const [, tick] = useState(0);
  useEffect(() => {
    if (!known) return;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const now = read() ?? 0;
      // a little late rather than early: a timer may fire before its time
      timer = setTimeout(() => (tick((count) => count + 1), next()), stepMs - (now % stepMs) + 5);
    };
    next();
    return () => clearTimeout(timer);
  }, [known, stepMs, read]);
  const now = known && read();
  return now === null ? null : Math.floor(now / stepMs) * stepMs;
}

/** The market clock in whole steps (ms), ticking. */
export const useMarketNow = (stepMs = 1_000): number | null => useTicks(stepMs, marketNow);

/** The wall clock in whole steps (ms), ticking. */
export const useWallNow = (stepMs = 1_000): number | null => useTicks(stepMs, wallNow);
