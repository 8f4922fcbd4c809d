import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import { barsOf, type SeriesRow as Row } from '../../test/bar-series.js';
import type { BarColumns } from '../bar.js';
import { INDICATOR_LOOKBACK } from '../indicators/stored-indicators.js';
import { affectedRange, neighbourWarnings } from './neighbour-rules.js';
import { NEIGHBOURS_AHEAD, NEIGHBOURS_BEHIND } from './neighbourhood.js';
import { MINUTE } from '../timeframe.js';

const CASES = casesOf(1_000, 200);

describe('any series', () => {
  /** A bar of a market that trades and moves a little. */
  const calm = fc
    .record({
      close: fc.integer({ min: 98, max: 102 }),
      open: fc.integer({ min: 98, max: 102 }),
      volume: fc.integer({ min: 1, max: 9 }),
    })
    .map((row): Row[] => [row]);
  const level = fc.constantFrom(0.5, 1, 10, 50, 94, 107, 200, 10_000);
  const same = (volume: number | null) =>
    fc.integer({ min: 1, max: 12 }).map((count) => Array.from({ length: count }, (): Row => ({ close: 100, volume })));
  const odd = fc.oneof(
    fc
      .tuple(level, fc.integer({ min: 1, max: 6 }))
      .map(([close, count]) => Array.from({ length: count }, (_, i): Row => ({ close, volume: 50 + i }))),
    same(0),
    same(5),
    same(null),
    fc.constantFrom(2, 31, 90).map((after): Row[] => [{ close: 100, after }]),
  );
  const series = fc
    .array(fc.oneof({ weight: 20, arbitrary: calm }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 160 })
    .map((parts) => {
      const rows = parts.flat();
      const bars = barsOf(rows, MINUTE);
      bars.high = rows.map(({ open = 0, close }) => Math.max(open, close));
      bars.low = rows.map(({ open = Infinity, close }) => Math.min(open, close));
      return bars;
    });
  const COLUMNS = ['time', 'session', 'open', 'high', 'low', 'close', 'volume'] as const;
  const slice = (bars: BarColumns, from: number, to: number) =>
    Object.fromEntries(COLUMNS.map((name) => [name, bars[name].slice(from, to)])) as unknown as BarColumns;
  const place = ({ time, rule, details }: { time: number; rule: string; details: unknown }) => ({
    time,
    rule,
    details,
  });

  it('gets the same warnings however it is divided into pieces, if each has its neighbours', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 60 }), (bars, size) => {
        const pieces = [];
        for (let from = 0; from < bars.time.length; from += size) {
          const to = Math.min(from + size, bars.time.length);
          const start = Math.max(0, from - NEIGHBOURS_BEHIND);
          const piece = slice(bars, start, to + NEIGHBOURS_AHEAD);
          pieces.push(...neighbourWarnings(piece, MINUTE, from - start, to - start));
        }
        expect(pieces.map(place)).toEqual(neighbourWarnings(bars, MINUTE).map(place));
      }),
      { numRuns: CASES },
    );
  });

  it('changes no warnings outside affectedRange, whichever bars are changed or inserted', () => {
    const changes = fc.tuple(series, fc.nat(), fc.integer({ min: 1, max: 9 }), fc.boolean(), level);
    fc.assert(
      fc.property(changes, ([after, at, count, inserted, price]) => {
        const first = at % after.time.length;
        const last = Math.min(first + count, after.time.length) - 1;
        const isOther = (i: number) => i >= first && i <= last;
        const before = slice(after, 0, after.time.length);
        if (inserted) for (const name of COLUMNS) before[name].splice(first, last - first + 1);
        else
          for (const name of ['open', 'high', 'low', 'close'] as const)
            before[name] = before[name].map((x, i) => (isOther(i) ? price : x));

        const [from, to] = affectedRange(first, last, after.time.length);
        const start = Math.max(0, first - INDICATOR_LOOKBACK);
        const context = slice(after, start, last + 1 + INDICATOR_LOOKBACK);
        const again = neighbourWarnings(context, MINUTE, from - start, to - start);
        const affected = new Set(after.time.slice(from, to));
        const kept = neighbourWarnings(before, MINUTE).filter(({ time }) => !affected.has(time));
        const merged = [...kept, ...again].sort((a, b) => a.time - b.time);
        expect(merged.map(place)).toEqual(neighbourWarnings(after, MINUTE).map(place));
      }),
      { numRuns: CASES },
    );
  });

  it('has warnings that JSON represents without loss, however far apart its prices are', () => {
    const price = fc.oneof(
      fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
      fc.constantFrom(Number.MIN_VALUE, 1e-300, 1, 100, 1e300, Number.MAX_VALUE),
    );
    const rows = fc.array(fc.record({ close: price, open: price }), { minLength: 6, maxLength: 40 });
    let odd = 0;
    fc.assert(
      fc.property(rows, (apart) => {
        const bars = barsOf(apart, MINUTE);
        bars.high = apart.map(({ open, close }) => Math.max(open, close));
        bars.low = apart.map(({ open, close }) => Math.min(open, close));
        const warnings = neighbourWarnings(bars, MINUTE);
        odd += warnings.length;
        expect(JSON.parse(JSON.stringify(warnings))).toEqual(warnings);
      }),
      { numRuns: CASES },
    );
    expect(odd).toBeGreaterThan(CASES / 10);
  });
});
