import { describe, expect, it } from 'vitest';
import {
  completeness,
  countsAt,
  dayAfter,
  describeCounts,
  isBeforeFirstBar,
  kindOf,
  stepOf,
  sumOf,
  unaccounted,
} from './coverage-view';

const ROW = {
  symbol: 'SPY',
  assetClass: 'stock' as const,
  exchange: 'XNYS' as const,
  timeframe: '1m' as const,
  expected: [390, 390, 390, null, 0],
  filled: [390, 387, 380, null, 0],
  empty: [0, 3, 0, null, 0],
  pending: [0, 0, 9, null, 0],
  unobtainable: [0, 0, 1, null, 0],
};

describe('a cell of the heat map', () => {
  it('shows the worst state in it', () => {
    const kinds = ROW.expected.map((_, column) => kindOf(countsAt(ROW, column)));
    expect(kinds).toEqual(['filled', 'empty', 'pending', 'none', 'not_due']);
    expect(kindOf({ expected: 390, filled: 389, empty: 0, pending: 0, unobtainable: 1 })).toBe('unobtainable');
  });

  it('before the first bar of a series is not a day without a session', () => {
    const firstBar = '2026-11-20T00:00:00Z';
    const cell = (date: string) => [kindOf(null, isBeforeFirstBar(date, firstBar))];
    expect([cell('2026-11-19'), cell('2026-11-20'), cell('2026-11-21')].flat()).toEqual(['before', 'none', 'none']);
    expect(describeCounts(null, isBeforeFirstBar('2026-11-19', firstBar))).toBe('before its first bar');
    expect(isBeforeFirstBar('2026-11-19', null)).toBe(true);
    expect(kindOf(countsAt(ROW, 0), true)).toBe('filled');
  });

  it('is described in words', () => {
    expect(describeCounts(countsAt(ROW, 0))).toBe('390 bars expected: 390 filled');
    expect(describeCounts(countsAt(ROW, 2))).toBe('390 bars expected: 380 filled, 9 pending, 1 unobtainable');
    expect(describeCounts(countsAt(ROW, 3))).toBe('no session');
    expect(describeCounts(countsAt(ROW, 4))).toBe('not due yet');
    expect(describeCounts({ expected: 1, filled: 1, empty: 0, pending: 0, unobtainable: 0 })).toBe(
      '1 bar expected: 1 filled',
    );
  });
});

describe('completeness', () => {
  it('is 100% only if nothing is missing, however many bars there are', () => {
    const million = { expected: 1_000_000, filled: 999_990, empty: 9, pending: 1, unobtainable: 0 };
    expect(completeness(million)).toBe('99.99%');
    expect(completeness({ ...million, empty: 10, pending: 0 })).toBe('100%');
    expect(completeness({ ...million, expected: 0 })).toBeNull();
  });

  it('covers all sessions shown', () => {
    expect(sumOf(ROW)).toEqual({ expected: 1170, filled: 1157, empty: 3, pending: 9, unobtainable: 1 });
    expect(unaccounted(sumOf(ROW))).toBe(0);
    expect(unaccounted({ ...sumOf(ROW), filled: 1156 })).toBe(1);
  });
});

describe('a key in the grid', () => {
  const size = { rows: 11, columns: 30 };
  const step = (key: string, row: number, column: number, ctrl = false) => stepOf(key, { row, column }, size, ctrl);

  it('moves to the next cell and stops at the edges', () => {
    expect(step('ArrowRight', 3, 4)).toEqual({ row: 3, column: 5 });
    expect(step('ArrowRight', 3, 29)).toEqual({ row: 3, column: 29 });
    expect(step('ArrowUp', 0, 4)).toEqual({ row: 0, column: 4 });
    expect(step('ArrowDown', 9, 4)).toEqual({ row: 10, column: 4 });
  });

  it('moves to the ends of a row, a column and the grid', () => {
    expect(step('Home', 3, 4)).toEqual({ row: 3, column: 0 });
    expect(step('End', 3, 4)).toEqual({ row: 3, column: 29 });
    expect(step('Home', 3, 4, true)).toEqual({ row: 0, column: 0 });
    expect(step('End', 3, 4, true)).toEqual({ row: 10, column: 29 });
    expect(step('PageDown', 3, 4)).toEqual({ row: 10, column: 4 });
    expect(step('a', 3, 4)).toBeNull();
  });
});

it('dayAfter crosses the end of a year', () => {
  expect(dayAfter('2026-11-20')).toBe('2026-11-21');
  expect(dayAfter('2026-12-31')).toBe('2027-01-01');
});
