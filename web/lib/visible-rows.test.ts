import { describe, expect, it } from 'vitest';
import { visibleRows } from './visible-rows';

describe('the rows that are rendered', () => {
  it.each([
    ['the list starts in the viewport', 1_000, 200, { first: 0, end: 34 }],
    ['it is scrolled half way', 1_000, -16_000, { first: 488, end: 540 }],
    ['it ends in the viewport', 1_000, -31_800, { first: 981, end: 1_000 }],
    ['it is above the viewport', 1_000, -64_000, { first: 988, end: 1_000 }],
    ['it is far below the viewport', 1_000, 9_000, { first: 0, end: 12 }],
    ['it is short', 3, 200, { first: 0, end: 3 }],
    ['it is empty', 0, 200, { first: 0, end: 0 }],
  ])('are those near the viewport when %s', (_, count, top, range) => {
    expect(visibleRows(count, 32, top, 896)).toEqual(range);
  });
});
