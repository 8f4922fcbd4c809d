import type { AlignedBars, PriceField } from './align-bars.js';
import { PRICE_FIELDS } from './align-bars.js';

/** How far one price of the other source is from that of the source, over the bars that both have. */
export interface FieldFigures {
  /** Bars in which it is more than a tick away. */
  beyondTick: number;
  /** Of these, bars in which it is more than 10 basis points away. */
  beyond10bp: number;
  /** Median of other ÷ source − 1, a fraction; and the largest one, with its sign. */
  median: number;
  largest: number;
}

/** Two sources of a session in figures. Nothing here says which of them is right. */
export interface AgreementFigures {
  /** Bars that both have, and that only one of them has. */
  bars: number;
  onlySource: number;
  onlyOther: number;
  /** Bars in which any price is beyond a tick, and of these beyond 10 basis points. */
  beyondTick: number;
  beyond10bp: number;
  /** The coarser price step of the two, in the asset's currency; null if too few prices show it. */
  tick: number | null;
  /** By price; null without a common bar. */
  prices: Record<PriceField, FieldFigures> | null;
  /** Median of other ÷ source over bars that traded at both; null if there is none. */
  volumeRatio: number | null;
  /** Correlation of the changes from close to close; null if a source does not move, or with fewer than three bars. */
  returnCorrelation: number | null;
}

export const TEN_BASIS_POINTS = 0.001;
/** Fewer different prices may be round by chance; if many bars have no more, these are a step apart. */
const PRICES_FOR_TICK = 5;
const MANY_BARS = 10;
/** A few prices may be off the grid: averages, conversions. */
const ON_GRID = 0.9;
const MOST_DECIMALS = 10;
/** A difference of exactly one tick has a rounding error. */
const ROUNDING = 1e-6;

export function agreementFigures(aligned: AlignedBars): AgreementFigures {
  const { time, source, other, onlySource, onlyOther } = aligned;
  const tick = tickOf(aligned);
  const beyondTick = new Set<number>();
  const beyond10bp = new Set<number>();
  const ofField = (field: PriceField): FieldFigures => {
    const figures = { beyondTick: 0, beyond10bp: 0, median: 0, largest: 0 };
    const differences = time.map((_, i) => other[field][i]! / source[field][i]! - 1);
    differences.forEach((difference, i) => {
      if (Math.abs(difference) > Math.abs(figures.largest)) figures.largest = difference;
      if (Math.abs(other[field][i]! - source[field][i]!) <= (tick ?? 0) * (1 + ROUNDING)) return;
      figures.beyondTick++;
      beyondTick.add(i);
      if (Math.abs(difference) <= TEN_BASIS_POINTS) return;
      figures.beyond10bp++;
      beyond10bp.add(i);
    });
    return { ...figures, median: median(differences)! };
  };
  const prices = time.length === 0 ? null : byField(ofField);
  return {
    bars: time.length,
    ...{ onlySource, onlyOther },
    ...{ beyondTick: beyondTick.size, beyond10bp: beyond10bp.size },
    ...{ tick, prices },
    volumeRatio: median(volumeRatios(aligned)),
    returnCorrelation: correlation(changes(source.close), changes(other.close)),
  };
}

const byField = <T>(of: (field: PriceField) => T): Record<PriceField, T> =>
  Object.fromEntries(PRICE_FIELDS.map((field) => [field, of(field)])) as Record<PriceField, T>;

function volumeRatios({ source, other }: AlignedBars): number[] {
  return source.volume.flatMap((volume, i) => (volume && other.volume[i] ? [other.volume[i] / volume] : []));
}

/** The coarser step of the two sources' prices: what one of them rounds to is no difference between them. */
function tickOf({ time, source, other }: AlignedBars): number | null {
  const [its, others] = [source, other].map((bars) => [...new Set(PRICE_FIELDS.flatMap((field) => bars[field]))]);
  if (Math.min(its!.length, others!.length) < PRICES_FOR_TICK)
    return time.length < MANY_BARS ? null : smallestStep([...its!, ...others!]);
  const steps = [its!, others!].map((prices) => {
    const decimals = prices.map(decimalsOf).sort((a, b) => a - b);
    return 10 ** -decimals[Math.ceil(decimals.length * ON_GRID) - 1]!;
  });
  return Math.max(...steps);
}

function smallestStep(prices: readonly number[]): number | null {
  const sorted = prices.toSorted((a, b) => a - b);
  const steps = sorted.slice(1).flatMap((price, i) => (price > sorted[i]! ? [price - sorted[i]!] : []));
  return steps.length === 0 ? null : Math.min(...steps);
}

/** Decimal places of a price, at most 10; a price that was stored as float32 has those that it was written with. */
function decimalsOf(price: number): number {
  for (let places = 0; places < MOST_DECIMALS; places++) {
    const shifted = price * 10 ** places;
    if (Math.abs(shifted - Math.round(shifted)) <= shifted * 1e-7 && Math.round(shifted) > 0) return places;
  }
  return MOST_DECIMALS;
}

const changes = (closes: readonly number[]): number[] =>
  closes.slice(1).map((close, i) => Math.log(close) - Math.log(closes[i]!));

function correlation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2) return null;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    ab += (x - meanA) * (b[i]! - meanB);
    aa += (x - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  });
  return aa === 0 || bb === 0 ? null : ab / Math.sqrt(aa * bb);
}

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The value that a fraction of the values does not exceed; null if there are none. */
export function quantile(values: readonly number[], fraction: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)]!;
}

/** The mean of the two values in the middle if their number is even; null if there are none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
