import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import type { PriceColumns } from '../bar.js';
import { fromFloat32 } from '../decimal.js';
import { adjustBars, dividendAtLevel, stepsForDividends, stepsToRaw, type SplitLevel } from './adjust-bars.js';

/** Flat bars that open at 0, 1, 2 … */
const flat = (closes: number[], volume: number | null = 1000): PriceColumns => ({
  time: closes.map((_, i) => i),
  open: closes,
  high: closes,
  low: closes,
  close: closes,
  volume: closes.map(() => volume),
});
const split = (exDate: number, numerator: number, denominator = 1) => ({ exDate, numerator, denominator });

describe('raw prices', () => {
  it('undo each later split, in prices and in volumes', () => {
    const raw = adjustBars(flat([12.5, 13.6, 14.57, 145.7]), stepsToRaw([split(2, 4), split(3, 10)]));
    expect(raw.close).toEqual([500, 544, 145.7, 145.7]);
    expect(raw.volume).toEqual([25, 25, 100, 1000]);
  });

  it('have the digits of a traded price, without the noise of the division', () => {
    expect(adjustBars(flat([13.146001, 13]), stepsToRaw([split(1, 10)])).close).toEqual([131.46, 13]);
  });

  it('are lower before a reverse split', () => {
    const raw = adjustBars(flat([80, 82]), stepsToRaw([split(1, 1, 8)]));
    expect([raw.close, raw.volume]).toEqual([
      [10, 82],
      [8000, 1000],
    ]);
  });

  it('keep an unknown volume unknown, and leave bars unchanged if no split follows', () => {
    expect(adjustBars(flat([10], null), stepsToRaw([split(1, 2)])).volume).toEqual([null]);
    const bars = flat([14.57, 0.1 + 0.2]);
    expect(adjustBars(bars, stepsToRaw([split(0, 2)]))).toEqual(bars);
  });
});

describe('raw prices, whatever was traded and by which splits it was divided', () => {
  const cents = fc.integer({ min: 100, max: 99_999 }).map((n) => n / 100);
  // a float32 holds no more digits: four decimals of a price above 100 are lost after some splits
  const pips = fc.integer({ min: 1_000, max: 999_999 }).map((n) => n / 10_000);
  const ratio = fc.oneof(
    fc.integer({ min: 2, max: 50 }).map((n) => [n, 1] as const),
    fc.constantFrom([3, 2] as const, [5, 4] as const, [1, 8] as const, [1, 50] as const),
  );
  const ratios = fc.array(ratio, { minLength: 1, maxLength: 3 });

  it('are the traded ones to the tick', () => {
    fc.assert(
      fc.property(fc.oneof(cents, pips), ratios, (traded, splits) => {
        const stored = splits.reduce((price, [n, d]) => fromFloat32(Math.fround((price * d) / n)), traded);
        const steps = stepsToRaw(splits.map(([n, d]) => split(1, n, d)));
        expect(adjustBars(flat([stored]), steps).close).toEqual([traded]);
      }),
      { numRuns: casesOf(5_000, 1000) },
    );
  });
});

describe('prices adjusted for dividends', () => {
  it('fall by each dividend as a fraction of the close before it, cumulatively', () => {
    const steps = stepsForDividends([
      { exDate: 2, amount: 1, closeBefore: 100 },
      { exDate: 3, amount: 2, closeBefore: 80 },
    ]);
    const all = adjustBars(flat([100, 100, 80, 80]), steps);
    expect(all.close).toEqual([96.525, 96.525, 78, 80]);
    expect(all.volume).toEqual([1000, 1000, 1000, 1000]);
  });

  it('ignore a dividend without a valid factor', () => {
    expect(
      stepsForDividends([
        { exDate: 1, amount: 1, closeBefore: null },
        { exDate: 1, amount: 100, closeBefore: 100 },
      ]),
    ).toEqual([]);
  });

  const ten: SplitLevel = { session: '2026-06-10', numerator: 10, denominator: 1, isApplied: false, amountsSince: 500 };
  it.each<[string, Partial<SplitLevel>, { session?: string; fetchedAt?: number }, number]>([
    ['is as sent if the split is applied', { isApplied: true }, {}, 0.5],
    ['is as sent if it was fetched before the amounts changed', {}, { fetchedAt: 499 }, 0.5],
    ['is multiplied if the bars are still at the level before the split', {}, {}, 5],
    ['is also multiplied if earlier amounts were rescaled', { amountsSince: -Infinity }, { fetchedAt: 499 }, 5],
    ['is as sent from the ex-date of the split on', {}, { session: '2026-06-10' }, 0.5],
  ])('the amount of a dividend %s', (_, level, dividend, amount) => {
    const sent = { session: '2026-06-01', amount: 0.5, fetchedAt: 500, ...dividend };
    expect(dividendAtLevel(sent, [{ ...ten, ...level }])).toBe(amount);
  });
});

describe('adjusting', () => {
  const price = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100);
  const steps = fc.array(
    fc.record({
      before: fc.integer({ min: -2, max: 32 }),
      price: fc.constantFrom(2, 10, 1.5, 1 / 8, 0.98, 0.995),
      volume: fc.constantFrom(1, 0.5, 0.1, 8),
    }),
    { maxLength: 6 },
  );
  const bars = fc
    .array(fc.record({ a: price, b: price, up: price, down: fc.double({ min: 0.1, max: 1, noNaN: true }) }), {
      maxLength: 30,
    })
    .map((rows): PriceColumns => ({
      time: rows.map((_, i) => i),
      open: rows.map((row) => row.a),
      high: rows.map((row) => Math.max(row.a, row.b) + row.up),
      low: rows.map((row) => Math.min(row.a, row.b) * row.down),
      close: rows.map((row) => row.b),
      volume: rows.map((_, i) => i * 100),
    }));

  it('keeps every bar valid, whatever the actions and their order', () => {
    fc.assert(
      fc.property(bars, steps, (given, actions) => {
        const { open, high, low, close, volume } = adjustBars(given, actions);
        const isBar = (i: number) =>
          low[i]! > 0 &&
          high[i]! >= Math.max(open[i]!, close[i]!) &&
          low[i]! <= Math.min(open[i]!, close[i]!) &&
          volume[i]! >= 0;
        expect(given.time.every((_, i) => isBar(i))).toBe(true);
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });

  it('multiplies each bar by exactly the steps after it', () => {
    fc.assert(
      fc.property(bars, steps, (given, actions) => {
        const { close } = adjustBars(given, actions);
        const isRight = (i: number) => {
          const factor = actions.filter(({ before }) => given.time[i]! < before).reduce((f, step) => f * step.price, 1);
          return Math.abs(close[i]! / (given.close[i]! * factor) - 1) < 2e-7; // rounded to float32 twice
        };
        expect(given.time.every((_, i) => isRight(i))).toBe(true);
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });
});
