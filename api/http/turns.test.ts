import { setImmediate as laterTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTurns, mapInTurns } from './turns.js';

/** A computation that notes in which turn of the event loop each of its pieces runs. */
function* noting(turn: () => number, turns: number[]): Generator<void, string> {
  for (let piece = 0; piece < 5; piece++) {
    turns.push(turn());
    yield;
  }
  return 'done';
}

describe('inTurns', () => {
  it('runs one piece per turn of the event loop, whatever the number of computations', async () => {
    let now = 0;
    let isRunning = true;
    const count = () => {
      now++;
      if (isRunning) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const results = await Promise.all(Array.from({ length: 4 }, () => inTurns(noting(() => now, turns))));
    isRunning = false;
    expect(results).toEqual(['done', 'done', 'done', 'done']);
    expect(turns).toHaveLength(20);
    expect(new Set(turns).size).toBe(20);
  });

  it('passes the error of a piece to its caller, and goes on with the others', async () => {
    const failing = inTurns(
      (function* (): Generator<void, string> {
        throw new Error('broken');
      })(),
    );
    const other = inTurns(noting(() => 0, []));
    await expect(failing).rejects.toThrow('broken');
    expect(await other).toBe('done');
  });
});

describe('mapInTurns', () => {
  it('maps in order, and lets others have their turn between some hundreds of items', async () => {
    let isMapped = false;
    let others = 0;
    const items = Array.from({ length: 5_000 }, (_, i) => i);
    const mapping = mapInTurns(items, async (item, i) => Promise.resolve(item + i)).finally(() => (isMapped = true));
    while (!isMapped) {
      await laterTurn();
      others++;
    }
    expect(await mapping).toEqual(items.map((item) => 2 * item));
    expect(others).toBeGreaterThan(10);
  });
});
