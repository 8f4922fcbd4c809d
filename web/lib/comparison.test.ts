import { describe, expect, it } from 'vitest';
import type { Bars } from './api/types';
import { compareBars, differenceText, extentOf, largestOf, pathOf } from './comparison';

const closes = (all: Record<string, number>) =>
  ({ bars: Object.entries(all).map(([time, close]) => ({ time: `2026-11-27T${time}:00Z`, close })) }) as Bars;

describe('the comparison of two sources', () => {
  const compared = compareBars(
    closes({ '14:30': 100, '14:31': 100, '14:33': 200 }),
    closes({ '14:30': 100, '14:31': 101, '14:32': 5, '14:33': 199 }),
  );

  it('has every time that either has, and the difference where both have a bar', () => {
    expect(compared.map(({ first, other }) => [first, other])).toEqual([
      [100, 100],
      [100, 101],
      [null, 5],
      [200, 199],
    ]);
    expect(compared.map(({ difference }) => difference)).toEqual([0, 1.01 - 1, null, 0.995 - 1]);
  });

  it('names the largest differences first, and no equal bars', () => {
    expect(largestOf(compared, 5).map(({ first }) => first)).toEqual([100, 200]);
    expect(largestOf(compared, 1)).toHaveLength(1);
  });
});

it.each([
  [0, '0 bp'],
  [0.00012, '+1.2 bp'],
  [-0.005, '−50.0 bp'],
  [0.0123, '+1.23%'],
  [99, '× 100.00'],
  [-0.99, '÷ 100.00'],
])('a difference of %s is %s', (difference, text) => {
  expect(differenceText(difference)).toBe(text);
});

it('a line has a gap where a value is missing, and is flat in the middle if nothing moves', () => {
  const box = { width: 30, height: 10 };
  expect(extentOf([null, 2, 1])).toEqual([1, 2]);
  expect(extentOf([null])).toBeNull();
  expect(pathOf([1, 2, null, 1], [1, 2], box)).toBe('M0 10L10 0M30 10');
  expect(pathOf([5, 5], [5, 5], box)).toBe('M0 5L30 5');
});
