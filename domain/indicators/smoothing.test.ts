import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exponential, smoothed, smoothingReach, wilder } from './smoothing.js';

describe('smoothing', () => {
  it('is, from the seed on, what smoothing from the first value gives', () => {
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

  it('reaches as far back as a seed weighs', () => {
    expect(smoothingReach(exponential(1))).toBe(0);
    expect(smoothingReach(exponential(20))).toBe(296);
    expect(smoothingReach(wilder(14))).toBe(386);
  });
});
