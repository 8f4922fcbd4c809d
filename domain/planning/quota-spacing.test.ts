import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../timeframe.js';
import { isSpacedRun, quotaSpacing } from './quota-spacing.js';

const GRID = 20 * MINUTE;
/** The candles of some coins. */
const coins = (count: number) => Array.from({ length: count }, () => [30 * MINUTE, 4 * HOUR, 4 * DAY]).flat();
const spacing = (left: number, days: number, count: number) =>
  quotaSpacing({ left, leftMs: days * DAY, gridMs: GRID, perRun: 1, periodsMs: coins(count) });

describe('a monthly quota', () => {
  it('is enough for the first assets at every fire', () => {
    expect(spacing(10_000, 31, 3)).toBe(1);
  });
  it('spaces runs out when it would not last', () => {
    expect(spacing(10_000, 31, 8)).toBe(3); // 8 coins × 24 candles of 30 minutes a day and more: once an hour
    expect(spacing(4_000, 20, 3)).toBe(2);
  });
  it('closes the gaps again when the rest of the month allows it', () => {
    expect([20, 10, 5].map((days) => spacing(2_000, days, 3))).toEqual([4, 2, 1]);
  });
  it('allows no run when nothing is left', () => {
    expect(spacing(0, 10, 3)).toBe(Infinity);
    expect(isSpacedRun(0, GRID, Infinity)).toBe(true);
    expect(isSpacedRun(GRID, GRID, Infinity)).toBe(false);
  });
  it('lasts until the end of the month, whatever is left of it', () => {
    const demand = fc.record({
      left: fc.integer({ min: 1, max: 20_000 }),
      days: fc.double({ min: 0.1, max: 31, noNaN: true }),
      count: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(demand, ({ left, days, count }) => {
        const every = spacing(left, days, count);
        fc.pre(every !== Infinity);
        const fires = Array.from({ length: Math.floor((days * DAY) / GRID) }, (_, i) => i * GRID);
        let used = 0;
        const closed = coins(count).map(() => 0);
        for (const at of fires.filter((fire) => isSpacedRun(fire, GRID, every))) {
          used++;
          coins(count).forEach((periodMs, i) => {
            const bar = Math.floor(at / periodMs);
            if (bar > closed[i]!) used++;
            closed[i] = bar;
          });
        }
        // the run with which the month begins, and the candles that close in it
        expect(used).toBeLessThanOrEqual(left + 1 + 3 * count);
      }),
    );
  });
});

it('a spaced pipeline runs at equal intervals', () => {
  const fires = Array.from({ length: 12 }, (_, i) => i * GRID);
  expect(fires.filter((at) => isSpacedRun(at, GRID, 3))).toEqual([0, HOUR, 2 * HOUR, 3 * HOUR]);
});
