import { setImmediate } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/** Resolves in a turn of the event loop of its own: of all callers, one per turn, in their order. */
export async function nextTurn(): Promise<void> {
  last = last.then(() => setImmediate());
  return last;
}

const ITEMS_PER_TURN = 250;

/** Maps many items, so many in a turn that nobody notices; fewer than that without a wait. */
export async function mapInTurns<T, U>(items: readonly T[], map: (item: T, index: number) => U | Promise<U>) {
  const mapped: Awaited<U>[] = [];
  for (let first = 0; first < items.length; first += ITEMS_PER_TURN) {
    if (first > 0) await nextTurn();
    const some = items.slice(first, first + ITEMS_PER_TURN).map((item, i) => map(item, first + i));
    for (const one of await Promise.all(some)) mapped.push(one);
  }
  return mapped;
}

/** Does a long computation a piece per turn, so that other requests get theirs, however many computations there are. */
export async function inTurns<T>(pieces: Generator<void, T>): Promise<T> {
  for (;;) {
    await nextTurn();
    const { done, value } = pieces.next();
    if (done) return value;
  }
}
