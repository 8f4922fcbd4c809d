import type { Bars, Comparison } from './api/types';

/** Two sources at one time; null where one has no bar. */
export interface ComparedBar {
  /** Epoch ms. */
  time: number;
  first: number | null;
  other: number | null;
  /** other ÷ first − 1, a fraction. */
  difference: number | null;
}

type Closes = Pick<Bars, 'bars'>;

/** The closes of two sources side by side, ascending. */
export function compareBars(first: Closes, other: Closes): ComparedBar[] {
  const closesOf = ({ bars }: Closes) => new Map(bars.map(({ time, close }) => [Date.parse(time), close]));
  const [a, b] = [closesOf(first), closesOf(other)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .sort((x, y) => x - y)
    .map((time) => {
      const [own, theirs] = [a.get(time) ?? null, b.get(time) ?? null];
      const difference = own === null || theirs === null ? null : theirs / own - 1;
      return { time, first: own, other: theirs, difference };
    });
}

/** The largest differences, whichever their sign. */
export const largestOf = (bars: readonly ComparedBar[], count: number): ComparedBar[] =>
  bars
    .filter(({ difference }) => difference !== null && difference !== 0)
    .sort((a, b) => Math.abs(b.difference!) - Math.abs(a.difference!))
    .slice(0, count);

const BASIS_POINTS = 10_000;
/** From here on a difference is a ratio rather than a number of basis points: another unit, a split. */
const FACTOR = 0.5;

/** A difference in words: 12.3 bp, 1.20%, × 100. @param difference other ÷ first − 1 */
export function differenceText(difference: number): string {
  const sign = difference < 0 ? '−' : '+';
  const size = Math.abs(difference);
  if (difference >= FACTOR) return `× ${(1 + difference).toFixed(2)}`;
  if (difference <= -FACTOR) return `÷ ${(1 / (1 + difference)).toFixed(2)}`;
  if (size === 0) return '0 bp';
  return size < 0.01 ? `${sign}${(size * BASIS_POINTS).toFixed(1)} bp` : `${sign}${(size * 100).toFixed(2)}%`;
}

/** A path through the values that exist, on a box; a gap where one is missing. */
export function pathOf(
  values: readonly (number | null)[],
  [low, high]: readonly [number, number],
  { width, height }: { width: number; height: number },
): string {
  const x = (i: number) => round((i / Math.max(1, values.length - 1)) * width);
  const y = (value: number) => round(high === low ? height / 2 : ((high - value) / (high - low)) * height);
  let pen = 'M';
  return values
    .map((value, i) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(i)} ${y(value)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The lowest and the highest value; null without any. */
export function extentOf(values: readonly (number | null)[]): [number, number] | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}

/** Kinds of findings in a word or two. */
export const FINDING_NAMES = {
  unit: 'another unit',
  split: 'a split',
  stale: 'stale',
  shift: 'shifted in time',
  level: 'another level',
  outlier: 'outliers',
} as const satisfies Record<NonNullable<Comparison['finding']>['kind'], string>;
