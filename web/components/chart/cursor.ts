import { useSyncExternalStore } from 'react';

/** Where the crosshair is, and what is in view: read by what stands beside the canvas, without rendering the rest. */
export interface Place {
  /** Slot under the crosshair; null where there is none. */
  index: number | null;
  /** First slot in view. */
  leftEdge: number;
}

export class Cursor {
  private place: Place = { index: null, leftEdge: 0 };
  private readonly listeners = new Set<() => void>();

  readonly read = (): Place => this.place;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  move(change: Partial<Place>): void {
    const next = { ...this.place, ...change };
    if (next.index === this.place.index && next.leftEdge === this.place.leftEdge) return;
    this.place = next;
    for (const listener of this.listeners) listener();
  }
}

const NOWHERE: Place = { index: null, leftEdge: 0 };
export const usePlace = (cursor: Cursor): Place => useSyncExternalStore(cursor.subscribe, cursor.read, () => NOWHERE);
