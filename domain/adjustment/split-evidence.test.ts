import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type PricesAroundSplit, splitEvidence } from './split-evidence.js';

const NONE = { overlap: null, closeBefore: null, openAfter: null, storedBefore: null };
const evidence = (prices: Partial<PricesAroundSplit>) =>
  splitEvidence({ ratio: 10, isApplied: false, ...NONE, ...prices });

describe('the evidence of a payload, for a split that is not applied', () => {
  it.each([
    ['stored bars come again, divided', { overlap: 0.1 }, 'restated'],
    [
      'stored bars come again, divided, before a day that trades',
      { overlap: 0.1, closeBefore: 10, openAfter: 10.2 },
      'restated',
    ],
    ['stored bars come again as they were, then a jump', { overlap: 1, closeBefore: 100, openAfter: 9.9 }, 'mixed'],
    [
      'stored bars come again as they were, without a jump',
      { overlap: 1, closeBefore: 100, openAfter: 103 },
      'no_change',
    ],
    ['stored bars come again as they were, nothing after', { overlap: 1, closeBefore: 100 }, 'unknown'],
    ['a jump from the last stored close', { openAfter: 10.4, storedBefore: 100 }, 'mixed'],
    ['no jump from the last stored close', { openAfter: 97, storedBefore: 100 }, 'no_change'],
    ['later bars than those stored, divided', { closeBefore: 10.1, openAfter: 10.2, storedBefore: 99 }, 'restated'],
    [
      'later bars than those stored, at their level, then a jump',
      { closeBefore: 101, openAfter: 10.2, storedBefore: 99 },
      'mixed',
    ],
    ['nothing stored, one level', { closeBefore: 10, openAfter: 10.2 }, 'restated'],
    ['nothing stored, a jump', { closeBefore: 100, openAfter: 10.2 }, 'mixed'],
    ['stored bars come again, at a level of their own', { overlap: 100, openAfter: 9.9, storedBefore: 100 }, 'unknown'],
    ['nothing to compare', { closeBefore: 100 }, 'unknown'],
    ['no prices', {}, 'unknown'],
  ] as const)('where there are %s', (_what, prices, expected) => expect(evidence(prices)).toBe(expected));
});

describe('the evidence of a payload, for a split that is applied', () => {
  it.each([
    ['stored bars come again', { overlap: 1 }, 'restated'],
    ['stored bars come again at the old level', { overlap: 10 }, 'mixed'],
    ['stored bars come again at the old level, then a jump', { overlap: 10, closeBefore: 100, openAfter: 10 }, 'mixed'],
    ['only bars after the ex-date', { openAfter: 10, storedBefore: 10 }, 'unknown'],
    ['earlier bars than those stored, at their level', { closeBefore: 9, storedBefore: 10 }, 'restated'],
    ['earlier bars than those stored, at the old level', { closeBefore: 90, storedBefore: 10 }, 'mixed'],
  ] as const)('where %s', (_what, prices, expected) => expect(evidence({ isApplied: true, ...prices })).toBe(expected));
});

it('reads any split that the market does not drown, forward or reverse', () => {
  const ratio = fc.constantFrom(2, 3, 1.5, 4, 5, 7, 10, 20, 50, 1 / 2, 1 / 8, 1 / 30, 1 / 50, 2 / 3);
  const overnight = fc.double({ min: -0.12, max: 0.12, noNaN: true });
  const price = fc.double({ min: 0.05, max: 5_000, noNaN: true });
  fc.assert(
    fc.property(ratio, overnight, price, (ratio, move, before) => {
      const after = (before / ratio) * Math.exp(move);
      const stored = { ratio, isApplied: false, storedBefore: before };
      expect(splitEvidence({ ...NONE, ...stored, overlap: 1, closeBefore: before, openAfter: after })).toBe('mixed');
      expect(splitEvidence({ ...NONE, ...stored, openAfter: after })).toBe('mixed');
      const restated = { overlap: 1 / ratio, closeBefore: before / ratio, openAfter: after };
      expect(splitEvidence({ ...NONE, ...stored, ...restated })).toBe('restated');
      const phantom = before * Math.exp(move);
      expect(splitEvidence({ ...NONE, ...stored, openAfter: phantom })).toBe('no_change');
    }),
  );
});
