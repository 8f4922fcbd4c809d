import { describe, expect, it } from 'vitest';
import { RANGE_NAMES, RANGES, rangeOf } from './ranges';

describe('a range in the URL', () => {
  it.each(RANGE_NAMES)('%s is found by its name on the page and in the API, in any case', (name) => {
    expect([name, name.toLowerCase(), RANGES[name], RANGES[name].toUpperCase()].map(rangeOf)).toEqual(
      Array.from({ length: 4 }, () => name),
    );
  });

  it('is null if it is missing or unknown', () => {
    expect([null, '', '3w', '1month'].map(rangeOf)).toEqual([null, null, null, null]);
  });
});
