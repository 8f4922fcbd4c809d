import { describe, expect, it } from 'vitest';
import { arrangeSources, type RankedSource } from './arrange-sources.js';

const SOURCES: RankedSource[] = [
  { id: 30, rank: 3, role: 'serve' },
  { id: 10, rank: 1, role: 'serve' },
  { id: 20, rank: 2, role: 'serve' },
];
/** The ids by rank, with the role of those that do not serve. */
const order = (change: Parameters<typeof arrangeSources>[1], sources = SOURCES) => {
  const arranged = arrangeSources(sources, change);
  expect(arranged.map(({ rank }) => rank)).toEqual([1, 2, 3]);
  return arranged.map(({ id, role }) => (role === 'serve' ? id : `${id} ${role}`));
};

describe('the sources of an asset', () => {
  it('make room for the one that gets another rank', () => {
    expect(order({ id: 30, rank: 1 })).toEqual([30, 10, 20]);
    expect(order({ id: 10, rank: 2 })).toEqual([20, 10, 30]);
    expect(order({ id: 10, rank: 3 })).toEqual([20, 30, 10]);
    expect(order({ id: 20, rank: 2 })).toEqual([10, 20, 30]);
  });

  it('come last if they are only compared, and serve again where they are', () => {
    const checked = arrangeSources(SOURCES, { id: 10, role: 'check' });
    expect(order({ id: 10, role: 'check' })).toEqual([20, 30, '10 check']);
    expect(order({ id: 10, role: 'serve' }, checked)).toEqual([20, 30, 10]);
    expect(order({ id: 10, role: 'serve', rank: 1 }, checked)).toEqual([10, 20, 30]);
    expect(order({ id: 10, rank: 1 }, checked)).toEqual([20, 30, '10 check']);
  });

  it('close gaps, and one that was added after a compared one comes before it', () => {
    const added: RankedSource[] = [
      { id: 1, rank: 1, role: 'serve' },
      { id: 2, rank: 4, role: 'check' },
      { id: 3, rank: 7, role: 'serve' },
    ];
    expect(order({ id: 2, role: 'check' }, added)).toEqual([1, 3, '2 check']);
  });
});
