import { useSyncExternalStore } from 'react';

/** The connection to the API, as every request reports it. */
export interface Connection {
  /** `unknown` until the first response. */
  state: 'unknown' | 'online' | 'offline';
  /** When the API became unreachable, by the browser's clock; null while it is reachable. */
  offlineSince: number | null;
  /** Responses are marked as simulated; null until the first response. */
  simulated: boolean | null;
}

const UNKNOWN: Connection = { state: 'unknown', offlineSince: null, simulated: null };
/** A failed request does not count as offline if another one got a response this recently. */
const RECENT_RESPONSE_MS = 2_500;

let connection = UNKNOWN;
let respondedAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

function change(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

export function reportResponse(simulated: boolean): void {
  respondedAt = performance.now();
  if (connection.state === 'online' && connection.simulated === simulated) return;
  change({ state: 'online', offlineSince: null, simulated });
}

export function reportUnreachable(): void {
  if (connection.state === 'offline' || performance.now() - respondedAt < RECENT_RESPONSE_MS) return;
  change({ ...connection, state: 'offline', offlineSince: Date.now() });
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
