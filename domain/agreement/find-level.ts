import { type AlignedBars, PRICE_FIELDS } from './align-bars.js';
import { median } from './figures.js';
import type { Finding } from './finding.js';

/** `numerator` new shares for `denominator` old ones. */
export interface SplitRatio {
  numerator: number;
  denominator: number;
}

/** A unit that is 100 times another: pence and pounds, cents and rand. Higher powers occur where a feed converts twice. */
const UNITS = [100, 10_000];
/** Two sources of one session: the price itself does not move between them. */
const UNIT_TOLERANCE = 0.02;
const SPLIT_TOLERANCE = 0.005;
const USUAL_SPLITS: readonly SplitRatio[] = [
  ...[2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50].map((numerator) => ({ numerator, denominator: 1 })),
  ...[
    [3, 2],
    [4, 3],
    [5, 2],
    [5, 4],
  ].map(([numerator, denominator]) => ({ numerator: numerator!, denominator: denominator! })),
];
/** Fewer bars on another level are single errors; a session of fewer bars shows one by all of them. */
const LEVEL_BARS = 10;
/** Bars in between that are not on the level. */
const LONGEST_BREAK = 3;
const DENSITY = 0.8;
/** The level stands out if it is this many times as far away as the other bars are, and as its own bars differ. */
const TIMES_NOISE = 4;

/**
 * Bars of the other source that lie on another level than those of the source, all by the same ratio: named `unit` near a
 * factor of 100, `split` near the ratio of a split, else `level`.
 * @param tolerance a fraction: sources that are no further apart agree
 * @param splits of the asset; the usual ratios count, too
 */
export function findLevel(
  aligned: AlignedBars,
  { tolerance, tick, splits }: { tolerance: number; tick: number | null; splits: readonly SplitRatio[] },
): Finding | null {
  const { time, source } = aligned;
  const ratios = time.map((_, i) => logRatio(aligned, i));
  // a price step and a half: of a cheap share, that is much
  const steps = source.close.map((close) => (1.5 * (tick ?? 0)) / close);
  const isAway = ratios.map((ratio, i) => Math.abs(ratio) > Math.max(tolerance, steps[i]!));
  const level = median(ratios.filter((_, i) => isAway[i]));
  if (level === null) return null;
  const spread = Math.max(tolerance, 0.02 * Math.abs(level));
  const isOn = ratios.map((ratio, i) => isAway[i]! && Math.abs(ratio - level) <= Math.max(spread, steps[i]!));
  const block = longestBlock(isOn);
  if (!block) return null;
  const inside = ratios.slice(block.from, block.to + 1).filter((_, i) => isOn[block.from + i]);
  const ratio = median(inside)!;
  const named = nameOf(Math.exp(ratio), splits);
  const needed = named.kind === 'unit' ? 1 : Math.min(LEVEL_BARS, time.length);
  if (inside.length < needed || !standsOut(aligned, ratios, block, ratio)) return null;
  return {
    ...named,
    ...{ from: time[block.from]!, to: time[block.to]!, bars: inside.length },
  };
}

interface Block {
  from: number;
  to: number;
}

/** The longest stretch that is dense enough, by index, ends included. */
function longestBlock(isOn: readonly boolean[]): Block | null {
  let best: (Block & { on: number }) | null = null;
  let open: (Block & { on: number }) | null = null;
  isOn.forEach((on, i) => {
    if (!on) return;
    const joins = open !== null && i - open.to - 1 <= LONGEST_BREAK && (open.on + 1) / (i - open.from + 1) >= DENSITY;
    open = joins ? { from: open!.from, to: i, on: open!.on + 1 } : { from: i, to: i, on: 1 };
    if (!best || open.on > best.on) best = open;
  });
  return best;
}

/** Whether the distance is no more noise: neither that of the bars outside the block nor that within it. */
function standsOut(aligned: AlignedBars, ratios: readonly number[], block: Block, ratio: number): boolean {
  const outside = ratios.filter((_, i) => i < block.from || i > block.to).map(Math.abs);
  const inside = ratios.slice(block.from, block.to + 1).map((one) => Math.abs(one - ratio));
  // a few bars show no spread, but their four prices do
  if (inside.length < LEVEL_BARS) {
    for (const field of PRICE_FIELDS)
      for (let i = block.from; i <= block.to; i++)
        inside.push(Math.abs(Math.log(aligned.other[field][i]! / aligned.source[field][i]!) - ratio));
  }
  return Math.abs(ratio) > TIMES_NOISE * Math.max(median(outside) ?? 0, median(inside) ?? 0);
}

/** By how much a bar of the other source lies higher (log): the median of its four prices, so that no single one decides. */
const logRatio = ({ source, other }: AlignedBars, i: number): number =>
  median(PRICE_FIELDS.map((field) => Math.log(other[field][i]! / source[field][i]!)))!;

/** What a ratio between two sources is called. */
function nameOf(ratio: number, splits: readonly SplitRatio[]): Pick<Finding, 'kind' | 'evidence'> {
  const size = Math.abs(Math.log(ratio));
  if (UNITS.some((unit) => Math.abs(size - Math.log(unit)) <= UNIT_TOLERANCE))
    return { kind: 'unit', evidence: { ratio: rounded(ratio) } };
  const split = [...splits, ...USUAL_SPLITS].find(
    ({ numerator, denominator }) => Math.abs(size - Math.abs(Math.log(numerator / denominator))) <= SPLIT_TOLERANCE,
  );
  if (!split) return { kind: 'level', evidence: { ratio: rounded(ratio) } };
  const [more, less] = [Math.max(split.numerator, split.denominator), Math.min(split.numerator, split.denominator)];
  return {
    kind: 'split',
    evidence: { ratio: rounded(ratio), split: ratio < 1 ? `${more}:${less}` : `${less}:${more}` },
  };
}

export const rounded = (x: number): number => Number(x.toPrecision(6));
