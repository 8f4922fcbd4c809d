import { describe, expect, it } from 'vitest';
import { median, perSecond, summarise } from './measure.js';

describe('median', () => {
  it('is the middle value, in any order', () => expect(median([9, 1, 5])).toBe(5));
  it('of an even number of values is the mean of the middle two', () => expect(median([4, 1, 2, 9])).toBe(3));
  it('does not change the values', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
  it('of nothing is an error', () => expect(() => median([])).toThrow(RangeError));
});

describe('summarise', () => {
  const run = (rows: number, seconds: number) => [
    { name: 'rate', value: rows, unit: 'rows/s' },
    { name: 'time', value: seconds, unit: 's' },
  ];

  it('returns the median, minimum and maximum of each figure over the runs', () => {
    expect(summarise([run(10, 3), run(30, 1), run(20, 2)])).toEqual([
      { name: 'rate', value: 20, unit: 'rows/s', min: 10, max: 30 },
      { name: 'time', value: 2, unit: 's', min: 1, max: 3 },
    ]);
  });
  it('refuses runs that measured different things', () => {
    expect(() => summarise([run(1, 1), [{ name: 'other', value: 1, unit: 's' }]])).toThrow('rate is missing');
  });
  it('returns nothing for no runs', () => expect(summarise([])).toEqual([]));
});

describe('perSecond', () => {
  it('scales a count in milliseconds to one second', () => expect(perSecond(500, 250)).toBe(2_000));
});
