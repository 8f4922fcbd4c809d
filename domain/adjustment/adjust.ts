import type { PriceColumns } from '../bar.js';
import { fromFloat32 } from '../decimal.js';

export const ADJUSTMENTS = ['raw', 'split', 'all'] as const;
/**
 * What prices are shown as: `raw` as they were traded, `split` adjusted for splits (as they are stored), `all` for splits
 * and dividends.
 */
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** Multiplies the bars that open before an instant. */
export interface AdjustmentStep {
  /** Bar opens before this, epoch ms: the begin of the ex-date. */
  before: number;
  price: number;
  volume: number;
}

/** A split that the stored bars are adjusted for: `numerator` new shares for `denominator` old ones. */
export interface AppliedSplit {
  /** The begin of its ex-date among bar opens, epoch ms. */
  exDate: number;
  numerator: number;
  denominator: number;
}

/** A dividend in the asset's currency, a share of the stored bars' level. */
export interface PaidDividend {
  exDate: number;
  amount: number;
  /** Last close before the ex-date, at the level of the stored bars; null where none is stored. */
  closeBefore: number | null;
}

/** Back to the prices that were traded: ten times as high before a 10:1 split, in a tenth of the shares. */
export const stepsToRaw = (splits: readonly AppliedSplit[]): AdjustmentStep[] =>
  splits.map(({ exDate, numerator, denominator }) => ({
    before: exDate,
    price: numerator / denominator,
    volume: denominator / numerator,
  }));

/**
 * Takes dividends out of the prices before them, by 1 − amount ÷ the last close before the ex-date: the factor of CRSP,
 * and of Yahoo's `adjclose`. Volumes stay. A dividend that no close is known for, or that is not less than it, changes
 * nothing: no factor can be made of it.
 */
export const stepsForDividends = (dividends: readonly PaidDividend[]): AdjustmentStep[] =>
  dividends.flatMap(({ exDate, amount, closeBefore }) =>
    closeBefore === null || amount >= closeBefore
      ? []
      : [{ before: exDate, price: 1 - amount / closeBefore, volume: 1 }],
  );

/** A product has no more digits than its price had: those of a float32, without their noise (13.146001 × 10 is 131.46). */
const scaledPrice = (price: number, factor: number): number =>
  factor === 1 ? price : fromFloat32(Math.fround(price * factor));

/** Whole shares: what the provider had multiplied, and rounded. */
const scaledVolume = (units: number, factor: number): number => (factor === 1 ? units : Math.round(units * factor));

/** Bars with every step applied that they open before. @param bars ascending */
export function adjustBars(bars: PriceColumns, steps: readonly AdjustmentStep[]): PriceColumns {
  const latestFirst = steps.toSorted((a, b) => b.before - a.before);
  const count = bars.time.length;
  const prices = new Array<number>(count).fill(1);
  const volumes = new Array<number>(count).fill(1);
  let [price, volume, next] = [1, 1, 0];
  for (let i = count - 1; i >= 0; i--) {
    for (let step = latestFirst[next]; step && bars.time[i]! < step.before; step = latestFirst[++next]) {
      price *= step.price;
      volume *= step.volume;
    }
    prices[i] = price;
    volumes[i] = volume;
  }
  const scaled = (column: readonly number[]) => column.map((value, i) => scaledPrice(value, prices[i]!));
  return {
    time: bars.time,
    open: scaled(bars.open),
    high: scaled(bars.high),
    low: scaled(bars.low),
    close: scaled(bars.close),
    volume: bars.volume.map((units, i) => (units === null ? null : scaledVolume(units, volumes[i]!))),
  };
}

/** A split and what is at the price level after it. */
export interface SplitLevel {
  session: string;
  numerator: number;
  denominator: number;
  /** The bars are. */
  isApplied: boolean;
  /** Amounts told by answers that were fetched from then on are, epoch ms; -Infinity where all are. */
  amountsSince: number;
}

/**
 * A dividend at the level of the bars. Providers tell dividends a share of today, so until a split is applied to the bars,
 * amounts told after it are too small beside them.
 * @param fetchedAt of the answer that told the amount, epoch ms
 */
export function dividendAtLevel(
  { session, amount, fetchedAt }: { session: string; amount: number; fetchedAt: number },
  splits: readonly SplitLevel[],
): number {
  const ahead = splits.filter(
    (split) => split.session > session && !split.isApplied && fetchedAt >= split.amountsSince,
  );
  return ahead.reduce((atLevel, { numerator, denominator }) => (atLevel * numerator) / denominator, amount);
}
