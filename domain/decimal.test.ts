import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fromFloat32, roundedWithin, shiftDecimal } from './decimal.js';

/** The definition, slow: rounds to ever more significant digits until the decimal is the same float32. */
function shortest(x: number): number {
  for (let digits = 1; digits < 18; digits++) {
    const rounded = Number(x.toPrecision(digits));
    if (Math.fround(rounded) === x) return rounded;
  }
  return x;
}
const price = fc.oneof(
  fc.integer({ min: 1, max: 100_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: 1, max: 1_000_000_000 }).map((units) => units / 10_000),
);

describe('fromFloat32', () => {
  it.each([
    [145.6999969482422, 145.7],
    [7174.9443359375, 7174.9443],
    [162.5800018310547, 162.58],
    [700000.125, 700000.1],
    [0.15999999642372131, 0.16],
    [0.00009999999747378752, 0.0001],
    [123456792, 123456790],
    [-145.6999969482422, -145.7],
    [100, 100],
    [0.5, 0.5],
    [0, 0],
  ])('reads %d as %d', (widened, meant) => expect(fromFloat32(widened)).toBe(meant));

  it.each([145.7, 0.1, 101.123456789, Number.NaN, Infinity, -Infinity])('leaves %d unchanged', (x) =>
    expect(fromFloat32(x)).toBe(x),
  );

  it('restores a price that was narrowed to a float32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 0, max: 6 }), (digits, decimals) => {
        const meant = Number(`${digits}e-${decimals}`);
        expect(fromFloat32(Math.fround(meant))).toBe(meant);
      }),
      { numRuns: 2_000 },
    );
  });

  it('returns the shortest decimal of the same float32, and is idempotent', () => {
    const float32 = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), price.map(Math.fround));
    fc.assert(
      fc.property(float32, (x) => {
        const result = fromFloat32(x);
        expect(Math.fround(result) === x).toBe(true);
        expect(result).toBe(shortest(x));
        expect(fromFloat32(result)).toBe(result);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('shiftDecimal', () => {
  it('moves the decimal point without dividing', () => {
    expect(shiftDecimal(145.7, -2)).toBe(1.457);
    expect(shiftDecimal(1e-7, -2)).toBe(1e-9);
    expect(shiftDecimal(12345, -2)).toBe(123.45);
    expect(shiftDecimal(0, -2)).toBe(0);
  });
});

describe('roundedWithin', () => {
  it.each([
    [163.84001, 1e-7, 163.84],
    [99.999995, 1e-7, 100],
    [0.0123456, 1e-3, 0.01235],
    [-163.84001, 1e-7, -163.84],
    [0, 1e-7, 0],
    [1 / 3, 0, 1 / 3],
  ])('reads %d within %d as %d', (value, error, meant) => expect(roundedWithin(value, error)).toBe(meant));

  it('gives back the price that a provider divided by a split and narrowed to a float32', () => {
    const traded = fc.oneof(
      fc.integer({ min: 1, max: 500_000 }).map((cents) => cents / 100),
      fc.integer({ min: 1, max: 1_000_000 }).map((units) => units / 10_000),
    );
    const ratio = fc.constantFrom(2, 3, 1.5, 1.25, 4, 5, 7, 10, 20, 50, 1 / 2, 1 / 8, 1 / 10, 1 / 30, 1 / 50);
    fc.assert(
      fc.property(traded, ratio, (price, split) => {
        const stored = fromFloat32(Math.fround(price / split));
        expect(roundedWithin(stored * split, 2 ** -23)).toBe(price);
      }),
      { numRuns: 5_000 },
    );
  });
});
