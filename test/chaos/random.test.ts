import { expect, it } from 'vitest';
import { randomOf } from './random.js';

const numbers = (seed: number, name: string) => {
  const random = randomOf(seed, name);
  return Array.from({ length: 100 }, random);
};

it('random numbers depend on seed and name alone, and lie in [0, 1)', () => {
  expect(numbers(1, 'a')).toEqual(numbers(1, 'a'));
  expect(numbers(1, 'a')).not.toEqual(numbers(2, 'a'));
  expect(numbers(1, 'a')).not.toEqual(numbers(1, 'b'));
  expect(numbers(7, 'c').every((number) => number >= 0 && number < 1)).toBe(true);
});
