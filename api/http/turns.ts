import { setImmediate } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/** Resolves in a turn of the event loop of its own: of all callers, one per turn, in their order. */
export async function nextTurn(): Promise<void> {
  last = last.then(() => setImmediate());
  return last;
}

/** Does a long computation a piece per turn, so that other requests get theirs, however many computations there are. */
export async function inTurns<T>(pieces: Generator<void, T>): Promise<T> {
  for (;;) {
    await nextTurn();
    const { done, value } = pieces.next();
    if (done) return value;
  }
}
