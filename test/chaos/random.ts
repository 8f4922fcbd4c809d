import { type Random, randomOf as randomOfSeed } from '../../bench/random.js';

/** Numbers in [0, 1), the same for the same seed and name (over an FNV-1a hash). */
export function randomOf(seed: number, name: string): Random {
  let state = seed >>> 0;
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619) >>> 0;
  return randomOfSeed(state);
}
