import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../domain/timeframe.js';
import { compareBars, type SeriesOfBars, type StoredBar } from './compare-bars.js';
import type { TrueBar } from './true-bars.js';

const OPEN = Date.parse('2026-11-27T14:30:00Z');
const minute = (i: number, close = 100 + i): TrueBar => {
  const time = new Date(OPEN + i * MINUTE).toISOString();
  return [time, close, close + 1, close - 1, close, 1_000];
};
const fetched = (bar: TrueBar, afterMs = 2 * MINUTE): StoredBar => ({ bar, fetchedAt: Date.parse(bar[0]) + afterMs });
const truth = [0, 1, 2, 3].map((i) => minute(i));

const findings = (stored: StoredBar[], more: Partial<SeriesOfBars> = {}) =>
  compareBars({
    ...{ symbol: 'SPY', timeframe: '1m', delayMs: 0, truth, due: truth.slice(0, 3), corrected: new Map() },
    stored,
    ...more,
  }).map(({ kind, what }) => `${kind} ${what.slice(-13, -8)}`);
const right = truth.slice(0, 3).map((bar) => fetched(bar));

describe('the comparison of stored bars with the true ones', () => {
  it('finds nothing if all bars that are due are stored as they are', () => {
    expect(findings(right)).toEqual([]);
    expect(findings([...right, fetched(truth[3]!)])).toEqual([]);
  });

  it('finds a bar that is lost', () => {
    expect(findings([right[0]!, right[2]!])).toEqual(['lost 14:31']);
  });

  it('finds a bar that is stored twice, with the same key or beside its place', () => {
    expect(findings([...right, right[1]!])).toEqual(['doubled 14:31']);
    const beside: TrueBar = ['2026-11-27T14:31:01.000Z', 101, 102, 100, 101, 1_000];
    expect(findings([...right, fetched(beside)])).toEqual(['doubled 14:31']);
  });

  it('finds a bar with other values, and one that nobody served', () => {
    expect(findings([right[0]!, fetched(minute(1, 7)), right[2]!])).toEqual(['corrupt 14:31']);
    expect(findings([fetched(minute(-5, 7)), ...right])).toEqual(['corrupt 14:25']);
  });

  it('gives a bar that is not due yet the time for late corrections', () => {
    expect(findings([...right, fetched(minute(3, 7))])).toEqual([]);
  });

  it('finds a bar with the values from before a correction', () => {
    const corrected = new Map([[truth[1]![0], minute(1, 7)]]);
    expect(findings([right[0]!, fetched(minute(1, 7)), right[2]!], { corrected })).toEqual(['stale 14:31']);
  });

  it('finds a bar that was fetched before it was over, even if its values are right', () => {
    expect(findings([right[0]!, right[1]!, fetched(truth[2]!, MINUTE - 1)])).toEqual(['forming 14:32']);
    expect(findings(right, { delayMs: 15 * MINUTE })).toHaveLength(3);
  });

  it('finds a day that is not over', () => {
    const day: TrueBar = ['2026-11-27T00:00:00.000Z', 100, 101, 99, 100, 1_000];
    expect(findings([fetched(day)], { timeframe: '1d', truth: [], due: [] })).toEqual(['forming 00:00']);
  });
});
