import { expect, it } from '@jest/globals';
import { sparkline } from './sparkline';

const box = { from: 0, to: 10, also: null, width: 100, height: 20 };

it('spreads its points over the window, the highest at the top', () => {
  const points = [
    { at: 0, price: 1 },
    { at: 5, price: 3 },
    { at: 8, price: 2 },
  ];
  expect(sparkline(points, box)).toEqual({ path: 'M0 20L50 0L80 10', baseline: null });
});

it('keeps the previous close in sight', () => {
  const points = [
    { at: 0, price: 10 },
    { at: 10, price: 12 },
  ];
  expect(sparkline(points, { ...box, also: 8 })).toEqual({ path: 'M0 10L100 0', baseline: 20 });
});

it('leaves out what lies outside the window, and is nothing without a point', () => {
  const points = [
    { at: -1, price: 100 },
    { at: 4, price: 2 },
  ];
  expect(sparkline(points, box)?.path).toBe('M40 20h1');
  expect(sparkline([], box)).toBeNull();
});
