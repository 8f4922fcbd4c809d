import { describe, expect, it } from 'vitest';
import { LevelPath } from './levels.js';
import { Noise } from './rng.js';

const positions = Array.from({ length: 20_000 }, (_, i) => i);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('Noise', () => {
  it('returns the same number at the same position, in any order of reading', () => {
    const forwards = positions.map((i) => new Noise('key').unit(i));
    const noise = new Noise('key');
    const backwards = positions.toReversed().map((i) => noise.unit(i));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('is another sequence for another key or lane', () => {
    const [a, b] = [new Noise(1, 'SPY'), new Noise(2, 'SPY')];
    expect(positions.filter((i) => a.bits(i) === b.bits(i) || a.bits(i) === a.bits(i, 1))).toEqual([]);
  });

  it('is centred, has deviation 1 and no memory', () => {
    const noise = new Noise('moments');
    const values = positions.map((i) => noise.gauss(i));
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(mean(values.slice(1).map((x, i) => x * values[i]!))).toBeCloseTo(0, 1);
  });
});

describe('LevelPath', () => {
  it('takes independent steps of deviation 1', () => {
    const path = new LevelPath('SPY');
    const steps = positions.map((day) => path.at(day + 1) - path.at(day));
    expect(mean(steps.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(mean(steps.slice(1).map((x, i) => x * steps[i]!))).toBeCloseTo(0, 1);
  });

  it('stays within a plausible distance over a century', () => {
    const path = new LevelPath('far');
    const levels = positions.map((i) => path.at(i * 3));
    expect(Math.max(...levels.map(Math.abs))).toBeLessThan(150);
  });
});
