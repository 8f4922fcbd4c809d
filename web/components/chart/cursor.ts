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

/** Renders when another bar is under the crosshair, not while the view moves. */
export const useIndex = (cursor: Cursor): number | null =>
  useSyncExternalStore(
    cursor.subscribe,
    () => cursor.read().index,
    () => null,
  );

/** Renders with each bar that leaves or enters the view at its left edge. */
export const useLeftEdge = (cursor: Cursor): number =>
  useSyncExternalStore(
    cursor.subscribe,
    () => cursor.read().leftEdge,
    () => 0,
  );
