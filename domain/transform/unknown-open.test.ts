import { describe, expect, it } from 'vitest';
import { bar, minute, MINUTES, rawBarsOf } from '../../test/raw-bars.js';
import { withReleased } from '../rules/released-rows.js';
import { findSeriesStart } from './series-start.js';
import { transform } from './transform.js';

const withOpen = (row: number, open: number | null) => {
  const raw = rawBarsOf([bar(minute(0)), bar(minute(1)), bar(minute(2))]);
  return { ...raw, open: raw.open.with(row, open) };
};

describe('a row whose open is unknown', () => {
  it.each([0, null])('is a bar with the close in its place: %p', (open) => {
    const { bars, rejected, repaired, coverage } = transform(withOpen(1, open), MINUTES);
    expect(bars.time).toEqual([minute(0), minute(1), minute(2)]);
    expect(bars.open).toEqual([10, 10.5, 10]);
    expect([bars.high[1], bars.low[1], bars.close[1], bars.volume[1]]).toEqual([11, 9, 10.5, 100]);
    expect(rejected).toEqual([]);
    expect(repaired).toEqual([
      { row: 1, time: minute(1), rule: 'unknown_open', raw: expect.objectContaining({ open, close: 10.5 }) },
    ]);
    expect(coverage[0]!.filled.slice(0, 3)).toBe('111');
  });

  it('is rejected, with its own cells, if another price is wrong too', () => {
    for (const cells of [{ close: [10.5, null, 10.5] }, { high: [11, 0, 11] }, { low: [9, 20, 9] }]) {
      const { bars, rejected, repaired } = transform({ ...withOpen(1, 0), ...cells }, MINUTES);
      expect(bars.time).toEqual([minute(0), minute(2)]);
      expect(rejected).toMatchObject([{ row: 1, raw: { open: 0 } }]);
      expect(repaired).toEqual([]);
    }
  });

  it('is rejected if it is there, but is no price: an operator may release it', () => {
    for (const open of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const raw = withOpen(1, open);
      expect(transform(raw, MINUTES).rejected).toMatchObject([{ row: 1, rule: 'not_positive' }]);
      const { bars } = transform(withReleased(raw, [{ row: 1, rule: 'not_positive' }]), MINUTES);
      expect(bars.open).toEqual([10, 10.5, 10]);
    }
  });

  it('is rejected for its volume with its own open', () => {
    const { rejected } = transform({ ...withOpen(1, 0), volume: [100, -1, 100] }, MINUTES);
    expect(rejected).toMatchObject([{ row: 1, rule: 'bad_volume', raw: { open: 0, volume: -1 } }]);
  });

  it('yields to a row for the same bar whose open is known, in whatever order they come', () => {
    const raw = rawBarsOf([bar(minute(0)), bar(minute(0))]);
    for (const open of [
      [0, 10],
      [10, 0],
    ]) {
      const { bars, rejected, repaired, ignored } = transform({ ...raw, open }, MINUTES);
      expect([bars.open, rejected, repaired, ignored]).toEqual([[10], [], [], { duplicate: 1 }]);
    }
  });

  it('is no reason to lose the start of the series', () => {
    const raw = withOpen(0, 0);
    const { bars } = transform(raw, MINUTES);
    const day = (session: string) => ({ session, expected: 1, answered: '1', filled: '0', empty: '0' });
    const before = ['2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'].map(day);
    const coverage = [...before, day(bars.session[0]!)];
    expect(findSeriesStart(raw, { bars, coverage }).beginsAt).toBe(minute(0));
  });
});
