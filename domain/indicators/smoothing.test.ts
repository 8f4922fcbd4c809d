import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { exponential, smoothed, smoothingLookback, wilder } from './smoothing.js';

describe('smoothing', () => {
  it('agrees, from the seed on, with smoothing from the first value', () => {
    const values = fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 600, maxLength: 900 });
    fc.assert(
      fc.property(values, fc.constantFrom(exponential(20), wilder(14)), (given, smoothing) => {
        const ours = smoothed(given, smoothing);
        let value = given.slice(0, smoothing.period).reduce((sum, each) => sum + each, 0) / smoothing.period;
        for (let i = smoothing.period; i < given.length; i++) {
          value += smoothing.alpha * (given[i]! - value);
          expect(Math.abs(ours[i]! / value - 1)).toBeLessThan(1e-11);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('looks back as far as a seed has weight', () => {
    expect(smoothingLookback(exponential(1))).toBe(0);
    expect(smoothingLookback(exponential(20))).toBe(296);
    expect(smoothingLookback(wilder(14))).toBe(386);
  });
});
