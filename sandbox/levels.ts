import { Noise } from './rng.js';

// aliases, because these run millions of times
const { min, sqrt } = Math;

/** Days that a path covers: a power of two, so that halving ends at whole days. */
const SPAN = 2 ** 16;
/** Beyond this many days the path stops widening, so that prices of decades ago stay plausible. */
const WIDEST = 512;

/**
 * A random walk that can be read at any day without walking there: Lévy's construction of Brownian motion, which halves the
 * span sixteen times and displaces each midpoint by its own random number. One step has deviation 1.
 */
export class LevelPath {
  private readonly noise: Noise;

  constructor(...key: (string | number)[]) {
    this.noise = new Noise(...key, 'level');
  }

  /** @param day an integer in [0, 65536] */
  at(day: number): number {
    let [left, right] = [0, SPAN];
    let [atLeft, atRight] = [0, this.noise.gauss(SPAN) * sqrt(WIDEST)];
    while (day !== left && day !== right) {
      const middle = (left + right) / 2;
      const spread = sqrt(min(right - left, WIDEST)) / 2;
      const atMiddle = (atLeft + atRight) / 2 + this.noise.gauss(middle) * spread;
      if (day < middle) [right, atRight] = [middle, atMiddle];
      else [left, atLeft] = [middle, atMiddle];
    }
    return day === left ? atLeft : atRight;
  }
}
