import { describe, expect, it } from 'vitest';
import { firstDifference } from './difference';
import type { ChartModel } from './model';

const bar = (close: number) => ({ time: '', open: 1, high: 9, low: 1, close, volume: 5 });
const model = (times: number[], more: Partial<ChartModel> = {}): ChartModel => ({
  timeframe: '1m',
  zone: 'UTC',
  times,
  bars: times.map(bar),
  pending: times.map(() => false),
  forming: null,
  revised: new Set(),
  sourceNames: new Map(),
  columns: new Map([['sma20', times.map((time) => time / 2)]]),
  compared: [],
  actions: new Map(),
  ...more,
});

const whole = model([1, 2, 3]);

describe('firstDifference', () => {
  it('is null for equal models', () => {
    expect(firstDifference(whole, model([1, 2, 3]))).toBeNull();
  });

  it('is the position of a forming bar that became final with the same prices', () => {
    expect(firstDifference(model([1, 2, 3], { forming: 2 }), whole)).toBe(2);
  });

  it('is the position of the first new bar', () => {
    expect(firstDifference(whole, model([1, 2, 3, 4, 5]))).toBe(3);
  });

  it('is the position of the first corrected bar, whatever follows it', () => {
    expect(firstDifference(whole, model([1, 2, 3, 4], { bars: [bar(1), bar(7), bar(3), bar(4)] }))).toBe(1);
  });

  it('covers indicators, pending bars and comparisons', () => {
    expect(firstDifference(whole, model([1, 2, 3], { columns: new Map([['sma20', [0.5, 1, 9]]]) }))).toBe(2);
    expect(firstDifference(whole, model([1, 2, 3], { pending: [false, true, false] }))).toBe(1);
    expect(firstDifference(whole, model([1, 2, 3], { compared: [{ symbol: 'BTC', closes: [1, 2, 3] }] }))).toBe(0);
  });

  it('is the position of a bar that is now of another source, with the same prices', () => {
    const bars = [bar(1), bar(2), { ...bar(3), source: 'alpaca' as const }];
    expect(firstDifference(model([1, 2, 3], { bars }), whole)).toBe(2);
  });

  it('is 0 if bars were inserted or removed', () => {
    expect(firstDifference(whole, model([1, 2, 2.5, 3]))).toBe(0);
    expect(firstDifference(whole, model([2, 3, 4]))).toBe(0);
    expect(firstDifference(whole, model([1, 2]))).toBe(0);
    const actions = new Map([[1, [{ kind: 'dividend', amount: 0.5 } as const]]]);
    expect(firstDifference(whole, model([1, 2, 3], { actions }))).toBe(0);
  });
});
