import type { Figure, Run } from './benchmark.js';

/** Milliseconds that `work` takes, and what it returns. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

/** How many a second: `count` in `ms`. */
export const perSecond = (count: number, ms: number): number => (count / ms) * 1_000;

/** The middle one; of an even number the mean of the two in the middle. @throws RangeError on none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** A figure over all runs. */
export interface Summary extends Figure {
  least: number;
  most: number;
}

/** The median of each figure; the note is that of the first run. @throws RangeError when runs differ in their figures */
export function summarise(runs: readonly Run[]): Summary[] {
  const [first = [], ...others] = runs;
  return first.map((figure, i) => {
    const values = [figure, ...others.map((run) => run[i])].map((each) => {
      if (each?.name !== figure.name) throw new RangeError(`runs differ: ${figure.name} is missing in one`);
      return each.value;
    });
    return { ...figure, value: median(values), least: Math.min(...values), most: Math.max(...values) };
  });
}
