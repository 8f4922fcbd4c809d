import type { Figure, Run } from './benchmark.js';

/** Runs `work`. @returns its result, and how long it took, ms */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

/** The rate per second of `count` in `ms`. */
export const perSecond = (count: number, ms: number): number => (count / ms) * 1_000;

/** The middle value; for an even number of values the mean of the middle two. @throws RangeError on no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** A figure over all runs. */
export interface Summary extends Figure {
  min: number;
  max: number;
}

/** The median of each figure, with the note of the first run. @throws RangeError if the runs have different figures */
export function summarise(runs: readonly Run[]): Summary[] {
  const [first = [], ...others] = runs;
  return first.map((figure, i) => {
    const values = [figure, ...others.map((run) => run[i])].map((each) => {
      if (each?.name !== figure.name) throw new RangeError(`runs differ: ${figure.name} is missing in one`);
      return each.value;
    });
    return { ...figure, value: median(values), min: Math.min(...values), max: Math.max(...values) };
  });
}
