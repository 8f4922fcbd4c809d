import { describe, expect, it } from 'vitest';
import { explanationOf, unadjustedSplit } from './explained-changes.js';
import type { SessionAction } from '../transform/transform.js';

const SESSION = '2026-06-10';
const time = Date.parse(SESSION);
const split = (numerator: number, denominator: number, session = SESSION): SessionAction => ({
  kind: 'split',
  time,
  session,
  numerator,
  denominator,
});
const dividend = (amount: number): SessionAction => ({ kind: 'dividend', time, session: SESSION, amount });
const changed = (ratio: number) => ({ session: SESSION, details: { ratio, previousClose: 100 } });

describe('a reported change', () => {
  it('by the ratio of the split of its session is not explained, but shows bars that are not adjusted', () => {
    for (const [change, own] of [
      [0.104, split(10, 1)],
      [9.7, split(1, 10)],
    ] as const) {
      expect(explanationOf(changed(change), [own])).toBeNull();
      expect(unadjustedSplit(changed(change), [own])).toEqual(own);
    }
  });

  it('is explained by a dividend of the size of the fall', () => {
    expect(explanationOf(changed(0.56), [dividend(0.2), dividend(45)])).toEqual(dividend(45));
  });

  it('may be larger than the dividend by a move that is usual for the share', () => {
    const change = (timesUsual: number) => ({
      session: SESSION,
      details: { ratio: 0.87, previousClose: 100, timesUsual },
    });
    expect(explanationOf(change(11), [dividend(8)])).toEqual(dividend(8)); // 4 times the usual move is left
    expect(explanationOf(change(30), [dividend(8)])).toBeNull();
    expect(explanationOf(change(11), [dividend(6)])).toBeNull();
  });

  it.each<[string, SessionAction[]]>([
    ['nothing', []],
    ['a split of another ratio', [split(2, 1)]],
    ['a split in the other direction', [split(1, 10)]],
    ['a split of another session', [split(10, 1, '2026-06-09')]],
    ['a dividend that is too small', [dividend(5)]],
    ['a dividend above the price', [dividend(120)]],
  ])('is not explained by %s', (_what, actions) => {
    expect(explanationOf(changed(0.1), actions)).toBeNull();
    expect(unadjustedSplit(changed(0.1), actions)).toBeNull();
  });

  it('is never a repeated bar', () => {
    expect(explanationOf({ session: SESSION, details: { bars: 4, close: 100 } }, [split(2, 1)])).toBeNull();
  });
});
