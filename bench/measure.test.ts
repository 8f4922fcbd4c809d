import { describe, expect, it } from '@jest/globals';
import { median, perSecond, summarise } from './measure.js';

describe('median', () => {
  it('is the middle value, whatever the order', () => expect(median([9, 1, 5])).toBe(5));
  it('of an even number of values is the mean of the two in the middle', () => expect(median([4, 1, 2, 9])).toBe(3));
  it('leaves the values as they are', () => {
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

  it('gives the median, the least and the most of each figure over the runs', () => {
    expect(summarise([run(10, 3), run(30, 1), run(20, 2)])).toEqual([
      { name: 'rate', value: 20, unit: 'rows/s', least: 10, most: 30 },
      { name: 'time', value: 2, unit: 's', least: 1, most: 3 },
    ]);
  });
  it('refuses runs that measured different things', () => {
    expect(() => summarise([run(1, 1), [{ name: 'other', value: 1, unit: 's' }]])).toThrow('rate is missing');
  });
  it('of no runs is nothing', () => expect(summarise([])).toEqual([]));
});

describe('perSecond', () => {
  it('scales a count in milliseconds to a second', () => expect(perSecond(500, 250)).toBe(2_000));
});
