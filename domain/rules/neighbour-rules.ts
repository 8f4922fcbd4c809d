import type { BarColumns } from '../bar.js';
import { Neighbourhood, NEIGHBOURS_AHEAD, NEIGHBOURS_BEHIND } from './neighbourhood.js';
import type { PlaceRule } from './payload-rules.js';

/** The evidence for a warning: prices in quote currency, ratios, counts of bars. */
export type WarningDetails = Record<string, number | string>;

/** A bar that does not fit its neighbours. It stays stored: bars alone cannot show whether it is wrong. */
export interface NeighbourWarning {
  /** Index of the bar in the given columns. */
  index: number;
  /** The bar's open, epoch ms UTC. */
  time: number;
  session: string;
  /** Id of the rule. */
  rule: string;
  details: WarningDetails;
}

/** A rule about one stored bar and its neighbours. Only bars matter: not who sent them, when, or in which order. */
export interface NeighbourRule extends Omit<PlaceRule, 'scope' | 'severity'> {
  readonly severity: 'warning';
  readonly scope: 'neighbours';
  /** A bar gets at most one warning about its change from the bar before: that of the first broken rule. */
  readonly about: 'change' | 'repeat';
  /** @returns what shows that bar `i` breaks the rule; null if it does not */
  find(around: Neighbourhood, i: number): WarningDetails | null;
}

/** A change this many times as large as the usual one around it dwarfs its neighbours. Measured: docs/data-quality.md. */
const DWARFS = 10;
/** This is enough if the change also has the ratio of a split. */
const DWARFS_AS_SPLIT = 4;
/** New shares for an old one, or old ones for a new one. No smaller ratios such as 3:2: markets move that far by themselves. */
const SPLIT_RATIOS = [2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50];
/** How far (log) the open may be from the exact ratio: what a share moves overnight. */
const SPLIT_TOLERANCE = 0.03;
/** A major currency unit has 100 minor ones. The price itself may move by up to a quarter as well. */
const UNIT = 100;
const UNIT_TOLERANCE = 1.25;
/** This many equal bars mean that the feed hangs. */
const STALE_BARS = 4;
/** One day without a trade is suspicious. Single minutes without one occur in every quiet share. */
const FLAT_BARS = { daily: 1, intraday: 3 };

/** Finite, because JSON has no infinity. */
const rounded = (x: number): number => Number(Math.min(x, Number.MAX_VALUE).toPrecision(6));

/** In the order in which they are checked. */
export const NEIGHBOUR_RULES: readonly NeighbourRule[] = [
  {
    id: 'ratio_100',
    severity: 'warning',
    scope: 'neighbours',
    about: 'change',
    doc:
      'No price is about 100 times the previous close, or a hundredth of it: pence taken for pounds or cents for rand, in one ' +
      'cell, one bar or from here on. Source: the "100x errors" that yfinance repairs in Yahoo data.',
    find: findUnitSwitch,
  },
  {
    id: 'ratio_split',
    severity: 'warning',
    scope: 'neighbours',
    about: 'change',
    doc:
      'No bar opens and closes at a split ratio (2:1 to 50:1, or reversed) from the previous close, unless its neighbours move ' +
      'like that: one side of a split is not adjusted. Source: the "bad stock splits" that yfinance repairs in Yahoo data.',
    find: findSplit,
  },
  {
    id: 'step',
    severity: 'warning',
    scope: 'neighbours',
    about: 'change',
    doc:
      'No change is 10 times the third largest change of its 48 neighbours: that is a single wrong bar, or two price levels ' +
      'stitched together. Two neighbours may be wrong themselves, hence the third. Changes after a pause are not measured.',
    find: findStep,
  },
  {
    id: 'stale_repeat',
    severity: 'warning',
    scope: 'neighbours',
    about: 'repeat',
    doc:
      'No four consecutive bars are equal in all prices and in volume: a market that trades never repeats itself, but a feed ' +
      'that hangs does. If volumes are unknown, the rule applies only if the closes before did change.',
    find: findStaleRepeat,
  },
  {
    id: 'flat_no_volume',
    severity: 'warning',
    scope: 'neighbours',
    about: 'repeat',
    doc:
      'No daily bar, and no three consecutive shorter bars, are flat (open = high = low = close) with volume 0 if the bars ' +
      'before traded: the provider filled in a price that it did not have.',
    find: findFlatNoVolume,
  },
];

const REPEATS: ReadonlySet<string> = new Set(
  NEIGHBOUR_RULES.filter(({ about }) => about === 'repeat').map(({ id }) => id),
);

/**
 * Checks the bars [from, to). The warnings of a bar depend only on the bar, the NEIGHBOURS_BEHIND bars before it and the
 * NEIGHBOURS_AHEAD after it. With that many bars around the range (if they exist), any division of a series into ranges
 * yields the same warnings.
 * @param bars consecutive stored bars of one series, oldest first
 * @param barMs nominal length of a bar, ms
 * @param from first index to check, and `to` the one after the last
 */
export function neighbourWarnings(
  bars: BarColumns,
  barMs: number,
  from = 0,
  to = bars.time.length,
): NeighbourWarning[] {
  const around = new Neighbourhood(bars, barMs);
  const warnings: NeighbourWarning[] = [];
  for (let i = Math.max(from, 1); i < to; i++) {
    let hasChangeWarning = false;
    for (const rule of NEIGHBOUR_RULES) {
      if (hasChangeWarning && rule.about === 'change') continue;
      const details = rule.find(around, i);
      if (!details) continue;
      hasChangeWarning ||= rule.about === 'change';
      warnings.push({ index: i, time: bars.time[i]!, session: bars.session[i]!, rule: rule.id, details });
    }
  }
  return warnings;
}

/** A warning as people read it: one for a block of consecutive bars that repeat each other, not one for each. */
export interface WarningBlock extends NeighbourWarning {
  /** Open of the last bar of the block, epoch ms UTC; `time`, `session` and `index` are those of the first. */
  until: number;
}

/**
 * Joins the warnings about repeats of consecutive bars. The details of a block are those of its first warning, with the number
 * of its bars. Warnings are stored bar by bar, because those of a bar must not depend on bars far away.
 * @param warnings of the whole series, ascending
 */
export function warningBlocks(bars: BarColumns, warnings: readonly NeighbourWarning[]): WarningBlock[] {
  const blocks: WarningBlock[] = [];
  const open = new Map<string, { block: WarningBlock; last: number }>();
  for (const warning of warnings) {
    const { index, rule, details } = warning;
    const length = REPEATS.has(rule) ? Number(details.bars) : 1;
    const running = open.get(rule);
    if (REPEATS.has(rule) && running?.last === index - 1) {
      running.last = index;
      running.block.until = warning.time;
      running.block.details = { ...running.block.details, bars: Number(running.block.details.bars) + 1 };
      continue;
    }
    const first = index - length + 1;
    const block = {
      ...warning,
      index: first,
      time: bars.time[first]!,
      session: bars.session[first]!,
      until: warning.time,
    };
    open.set(rule, { block, last: index });
    blocks.push(block);
  }
  return blocks;
}

/**
 * The bars [from, to) whose warnings are affected when those from `first` to `last` (inclusive) are inserted or changed.
 * @param length number of bars in the series, the inserted ones included
 */
export const affectedRange = (first: number, last: number, length: number): [from: number, to: number] => [
  Math.max(0, first - NEIGHBOURS_AHEAD),
  Math.min(length, last + NEIGHBOURS_BEHIND + 1),
];

function findUnitSwitch(around: Neighbourhood, i: number): WarningDetails | null {
  const { bars } = around;
  const before = bars.close[i - 1]!;
  const minRatio = UNIT / UNIT_TOLERANCE;
  if (bars.high[i]! < before * minRatio && bars.low[i]! > before / minRatio) return null; // and so are the prices between
  for (const cell of ['close', 'open', 'low', 'high'] as const) {
    const price = bars[cell][i]!;
    const ratio = price / before;
    const away = ratio < 1 ? 1 / ratio : ratio;
    if (away < minRatio || away > UNIT * UNIT_TOLERANCE) continue;
    if (!around.comesBack(i, price, Math.log(away)))
      return { cell, price, previousClose: before, ratio: rounded(ratio) };
  }
  return null;
}

function findSplit(around: Neighbourhood, i: number): WarningDetails | null {
  const { open, close } = around.bars;
  const before = close[i - 1]!;
  if (close[i]! < before * Math.SQRT2 && close[i]! > before / Math.SQRT2) return null; // not close to 2:1
  const change = Math.log(close[i]! / before);
  const opening = Math.log(open[i]! / before);
  const split = SPLIT_RATIOS.find((ratio) => Math.abs(Math.abs(opening) - Math.log(ratio)) <= SPLIT_TOLERANCE);
  if (split === undefined) return null;
  const usual = around.usualChange(i);
  if (usual === null || Math.abs(change) < DWARFS_AS_SPLIT * usual) return null;
  const closesThere = Math.abs(change - opening) <= Math.max(usual, SPLIT_TOLERANCE);
  if (!closesThere || around.comesBack(i, close[i]!, change)) return null;
  return { split: opening < 0 ? `${split}:1` : `1:${split}`, ...measured(around, i, usual) };
}

function findStep(around: Neighbourhood, i: number): WarningDetails | null {
  const change = around.change(i);
  if (!(Math.abs(change) >= DWARFS * around.minChange)) return null; // small, or not measured
  const usual = around.usualChange(i);
  if (usual === null || Math.abs(change) < DWARFS * usual) return null;
  if (around.comesBack(i, around.bars.close[i]!, change)) return null;
  return { kind: around.isLeftAgain(i) ? 'spike' : 'shift', ...measured(around, i, usual) };
}

const measured = ({ bars: { close } }: Neighbourhood, i: number, usual: number): WarningDetails => ({
  close: close[i]!,
  previousClose: close[i - 1]!,
  ratio: rounded(close[i]! / close[i - 1]!),
  timesUsual: rounded(Math.abs(Math.log(close[i]! / close[i - 1]!)) / usual),
});

function findStaleRepeat(around: Neighbourhood, i: number): WarningDetails | null {
  const volume = around.bars.volume[i]!;
  if (volume === 0) return null; // nothing traded: that is flat_no_volume
  for (let j = i; j > i - STALE_BARS + 1; j--) if (!around.repeats(j)) return null;
  if (volume === null && !around.mostBefore(i - STALE_BARS + 1, (j) => around.change(j) !== 0)) return null;
  return { bars: STALE_BARS, close: around.bars.close[i]!, ...(volume !== null && { volume }) };
}

function findFlatNoVolume(around: Neighbourhood, i: number): WarningDetails | null {
  const needed = around.isDaily ? FLAT_BARS.daily : FLAT_BARS.intraday;
  for (let j = i; j > i - needed; j--) if (!around.isFlatWithoutVolume(j)) return null;
  if (!around.mostBefore(i - needed + 1, (j) => around.bars.volume[j]! > 0)) return null;
  return { bars: needed, close: around.bars.close[i]! };
}
