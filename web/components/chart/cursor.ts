import { useSyncExternalStore } from 'react';

/** The crosshair's position and the view: the labels over the canvas read them without rendering the rest. */
export interface Place {
  /** Position of the bar under the crosshair; null if there is none. */
  index: number | null;
  /** Position of the first bar in view. */
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
