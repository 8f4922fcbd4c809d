import { describe, expect, it } from 'vitest';
import { areOfOneAsset } from './same-prices.js';

describe('closes of the same days', () => {
  it.each<[string, [number, number][], boolean | null]>([
    [
      'equal ones',
      [
        [10, 10],
        [10.5, 10.5],
        [9.75, 9.75],
      ],
      true,
    ],
    [
      'one of them corrected by a cent',
      [
        [10, 10],
        [10.5, 10.51],
        [9.75, 9.75],
      ],
      true,
    ],
    [
      'all divided by a split',
      [
        [10, 2.5],
        [10.5, 2.625],
        [9.75, 2.4375],
      ],
      true,
    ],
    [
      'those of another asset',
      [
        [10, 20],
        [10.5, 20.2],
        [9.75, 20.1],
      ],
      false,
    ],
    [
      'those of another asset at about the same price',
      [
        [10, 10.1],
        [10.5, 10.2],
        [9.75, 10],
      ],
      false,
    ],
    [
      'too few',
      [
        [10, 20],
        [10.5, 20.2],
      ],
      null,
    ],
    ['none', [], null],
  ])('%s', (_, days, expected) => expect(areOfOneAsset(days)).toBe(expected));
});
