import { describe, expect, it } from 'vitest';
import { sma } from './moving-average.js';

describe('sma', () => {
  it('is null until the window is full, then the mean of the latest closes', () => {
    expect(sma([1, 2, 3, 4], 3)).toEqual([null, null, 2, 3]);
  });
  it('rejects a window that is not a positive integer', () => {
    expect(() => sma([1], 0)).toThrow(RangeError);
    expect(() => sma([1], 1.5)).toThrow('must be a positive integer');
  });
});
