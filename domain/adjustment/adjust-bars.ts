import type { PriceColumns } from '../bar.js';
import { fromFloat32, roundedWithin } from '../decimal.js';

export const ADJUSTMENTS = ['raw', 'split', 'all'] as const;
/**
 * How prices are shown: `raw` as traded, `split` adjusted for splits (as they are stored), `all` adjusted for splits and
 * dividends.
 */
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** Factors for the bars that open before an instant. */
export interface AdjustmentStep {
  /** Applies to bars that open before this, epoch ms: the start of the ex-date. */
  before: number;
  price: number;
  volume: number;
  /** The price that was traded had few digits, and is known to this relative error; absent for prices that nobody traded. */
  tradedWithin?: number;
}

/** A stored price before a split is the traded one divided, rounded to float32: each split may add as much. */
const ROUNDED_PER_SPLIT = 2 ** -23;

/** A split that the stored bars are adjusted for: `numerator` new shares for `denominator` old ones. */
export interface AppliedSplit {
  /** The first possible bar open of its ex-date, epoch ms. */
  exDate: number;
  numerator: number;
  denominator: number;
}

/** A dividend in the asset's currency, per share at the level of the stored bars. */
export interface PaidDividend {
  exDate: number;
  amount: number;
  /** Last close before the ex-date, at the level of the stored bars; null if none is stored. */
  closeBefore: number | null;
}

/** Steps back to traded prices: before a 10:1 split they are ten times as high, and volumes a tenth. */
export const stepsToRaw = (splits: readonly AppliedSplit[]): AdjustmentStep[] =>
  splits.map(({ exDate, numerator, denominator }) => ({
    before: exDate,
    price: numerator / denominator,
    volume: denominator / numerator,
    tradedWithin: ROUNDED_PER_SPLIT,
  }));

/**
 * Steps that take dividends out of the prices before them. The factor is 1 − amount ÷ last close before the ex-date, as in
 * CRSP data and in Yahoo's `adjclose`. Volumes stay unchanged. A dividend without a known close, or one that is not less
 * than that close, has no factor and is skipped.
 */
export const stepsForDividends = (dividends: readonly PaidDividend[]): AdjustmentStep[] =>
  dividends.flatMap(({ exDate, amount, closeBefore }) =>
    closeBefore === null || amount >= closeBefore
      ? []
      : [{ before: exDate, price: 1 - amount / closeBefore, volume: 1 }],
  );

/** A traded price has the fewest digits that are possible (13.146001 × 10 is 131.46); any other keeps those of a float32. */
const scaledPrice = (price: number, factor: number, tradedWithin: number): number => {
  if (factor === 1) return price;
  return tradedWithin > 0 ? roundedWithin(price * factor, tradedWithin) : fromFloat32(Math.fround(price * factor));
};

/** Whole shares: the provider multiplied and rounded them. */
const scaledVolume = (units: number, factor: number): number => (factor === 1 ? units : Math.round(units * factor));

/** Applies to each bar every step that it opens before. @param bars ascending */
export function adjustBars(bars: PriceColumns, steps: readonly AdjustmentStep[]): PriceColumns {
  const latestFirst = steps.toSorted((a, b) => b.before - a.before);
  const count = bars.time.length;
  const prices = new Array<number>(count).fill(1);
  const volumes = new Array<number>(count).fill(1);
  const errors = new Array<number>(count).fill(0);
  let [price, volume, error, next] = [1, 1, 0, 0];
  for (let i = count - 1; i >= 0; i--) {
    for (let step = latestFirst[next]; step && bars.time[i]! < step.before; step = latestFirst[++next]) {
      price *= step.price;
      volume *= step.volume;
      error += step.tradedWithin ?? 0;
    }
    prices[i] = price;
    errors[i] = error;
    volumes[i] = volume;
  }
  const scaled = (column: readonly number[]) => column.map((value, i) => scaledPrice(value, prices[i]!, errors[i]!));
  return {
    time: bars.time,
    open: scaled(bars.open),
    high: scaled(bars.high),
    low: scaled(bars.low),
    close: scaled(bars.close),
    volume: bars.volume.map((units, i) => (units === null ? null : scaledVolume(units, volumes[i]!))),
  };
}

/** A split, and which data are already at the price level after it. */
export interface SplitLevel {
  /** Ex-date, YYYY-MM-DD. */
  session: string;
  numerator: number;
  denominator: number;
  /** Whether the stored bars are. */
  isApplied: boolean;
  /** Dividend amounts from payloads fetched since then are, epoch ms; -Infinity if all are. */
  amountsSince: number;
}

/**
 * The amount of a dividend at the level of the stored bars. Providers state dividends per current share, so amounts sent
 * after a split are too small for the bars until the split is applied to them too.
 * @param fetchedAt of the payload with the amount, epoch ms
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
