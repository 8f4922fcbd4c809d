import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { minute, MINUTES, rawBarsOf, type Row } from '../../test/raw-bars.js';
import { MINUTE, SECOND } from '../timeframe.js';
import { transform } from './transform.js';

describe('any payload', () => {
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 20 }) },
    fc.constantFrom(null, 0, -1, NaN, Infinity),
  );
  const cells = fc.tuple(
    price,
    price,
    price,
    price,
    fc.oneof({ weight: 8, arbitrary: fc.nat(9) }, fc.constantFrom(null, -1)),
  );
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -5, max: 395 }).map(minute) },
    fc.constantFrom(minute(3) + 44 * SECOND, NaN, Infinity, -Infinity, 8.64e15, -8.64e15, minute(60 * 24 * 3)),
  );
  const rowArbitrary = fc.tuple(time, cells).map(([t, c]): Row => [t, ...c]);
  const rowsArbitrary = fc.array(rowArbitrary, { maxLength: 60 });
  const context = fc.constantFrom(
    MINUTES,
    { ...MINUTES, now: minute(200) },
    { ...MINUTES, window: { from: minute(100), to: minute(300) } },
  );

  it('has each row in exactly one place, and only valid bars', () => {
    fc.assert(
      fc.property(rowsArbitrary, context, (rows, ctx) => {
        const { bars, rejected, ignored, coverage } = transform(rawBarsOf(rows), ctx);
        const ignoredRows = Object.values(ignored).reduce((sum, count) => sum + count, 0);
        expect(bars.time.length + rejected.length + ignoredRows).toBe(rows.length);
        bars.time.forEach((t, i) => {
          expect(i === 0 || t > bars.time[i - 1]!).toBe(true);
          expect(t >= ctx.window.from && t < ctx.window.to && t + MINUTE + ctx.settleMs <= ctx.now).toBe(true);
          const [o, h, l, c] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!];
          expect(l > 0 && h < Infinity && h >= Math.max(o, c, l) && l <= Math.min(o, c)).toBe(true);
        });
        const ones = (text: string) => text.replaceAll('0', '').length;
        expect(coverage.reduce((sum, { filled }) => sum + ones(filled), 0)).toBe(bars.time.length);
        for (const { expected, answered, filled } of coverage) {
          expect([answered.length, filled.length]).toEqual([expected, expected]);
          expect([...filled].every((bit, i) => bit === '0' || answered[i] === '1')).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('yields the same bars and coverage in any order and with repeated rows', () => {
    const shuffled = rowsArbitrary.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray([...rows, ...rows.slice(0, 10)], { minLength: rows.length + Math.min(10, rows.length) }),
      ),
    );
    fc.assert(
      fc.property(shuffled, context, ([rows, mixed], ctx) => {
        const [a, b] = [transform(rawBarsOf(rows), ctx), transform(rawBarsOf(mixed), ctx)];
        expect(b.bars).toEqual(a.bars);
        expect(b.coverage).toEqual(a.coverage);
      }),
      { numRuns: 1_000 },
    );
  });
});
