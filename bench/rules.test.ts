import { describe, expect, it } from 'vitest';
import { measureRules, SEEDS, type Tally } from './rules.js';

describe('the rules on generated assets on which they were not made', () => {
  const tally: Tally = measureRules(SEEDS.heldOut, 1, ['ordinary', 'volatile', 'thin']);

  it('raise no false alarm on assets without errors', () => {
    expect(tally.assets).toBe(39);
    expect(tally.falseAlarms).toEqual([]);
  });

  it('find at least 90 % of the errors that they attempt, and most of each kind', () => {
    const attempted = Object.entries(tally.recall).filter(([, { attempted }]) => attempted);
    const sum = (count: 'planted' | 'found') => attempted.reduce((total, [, each]) => total + each[count], 0);
    expect(sum('planted')).toBeGreaterThan(400);
    expect(sum('found') / sum('planted')).toBeGreaterThanOrEqual(0.9);
    for (const [fault, { planted, found }] of attempted)
      expect({ fault, isMostlyFound: found / planted >= 0.75 }).toEqual({ fault, isMostlyFound: true });
  });
});
