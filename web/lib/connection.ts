import { useSyncExternalStore } from 'react';

/** How the API answers, told by every request. */
export interface Connection {
  /** `unknown` until the first answer. */
  state: 'unknown' | 'online' | 'offline';
  /** Since when nothing answers, by the browser's clock; null while it does. */
  silentSince: number | null;
  /** The answers are marked as simulated; null until the first answer. */
  simulated: boolean | null;
}

const UNKNOWN: Connection = { state: 'unknown', silentSince: null, simulated: null };
/** While others are answered, one request without an answer is its own affair. */
const ANSWERED_LATELY_MS = 2_500;

let connection = UNKNOWN;
let answeredAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

function change(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

export function reportAnswer(simulated: boolean): void {
  answeredAt = performance.now();
  if (connection.state === 'online' && connection.simulated === simulated) return;
  change({ state: 'online', silentSince: null, simulated });
}

export function reportSilence(): void {
  if (connection.state === 'offline' || performance.now() - answeredAt < ANSWERED_LATELY_MS) return;
  change({ ...connection, state: 'offline', silentSince: Date.now() });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useConnection = (): Connection =>
  useSyncExternalStore(
    subscribe,
    () => connection,
    () => UNKNOWN,
  );
