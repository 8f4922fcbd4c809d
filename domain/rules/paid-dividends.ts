import { firstIndex } from '../calendars/bisect.js';
import { DAY } from '../timeframe.js';

/** A stored dividend: per share, in the asset's currency, adjusted for the same splits as the bars. */
export interface Dividend {
  /** Ex-date, YYYY-MM-DD. */
  session: string;
  amount: number;
}

/** The daily bars that dividends are compared with, ascending. */
export interface DailyPrices {
  session: readonly string[];
  open: readonly number[];
  close: readonly number[];
}

/** A dividend with the prices around its ex-date. All figures are fractions of the last close before it. */
export interface Paid extends Dividend {
  /** Ex-date, epoch ms. */
  time: number;
  /** The amount; null if there is no bar before the ex-date, or none from then on. */
  yield: number | null;
  /** How far the price opened or closed below that close on the ex-date; negative if it rose. NaN if prices there are broken. */
  fall: number;
  /** How far it closed below. */
  closeFall: number;
  /** The standard deviation of a day's change around the ex-date; null if prices do not move, or too few are known. */
  noise: number | null;
}

/** Bars before and after an ex-date that show what the price does on other days. */
const AROUND = 30;
const CHANGES_NEEDED = 10;
/** A share that is not traded on the ex-date falls with its next trade. */
const BARS_TO_FALL = 3;
/** A close this many times away from those on both sides of it, as many bars, is an error of the bar. */
const BROKEN = 10;
const LEVEL = 45;
/** Standard deviation ÷ quartile of the sizes of normally distributed changes: the 2nd and the 3rd quartile. */
const PER_MEDIAN = 1.4826;
const PER_UPPER_QUARTILE = 0.8693;

/** The ratio of the larger to the smaller. */
export const apart = (a: number, b: number): number => Math.max(a / b, b / a);

/** @param values ascending */
const quantile = (values: readonly number[], q: number): number => values[Math.floor((values.length - 1) * q)]!;

/** The lower one of two middle values. */
export const lowerMedian = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

export function withPrices(dividend: Dividend, { session, open, close }: DailyPrices): Paid {
  const time = Date.parse(dividend.session);
  const first = firstIndex(session, (date) => date >= dividend.session);
  if (first < 1 || first === session.length)
    return { ...dividend, time, yield: null, fall: NaN, closeFall: NaN, noise: null };
  const before = close[first - 1]!;
  const usual = lowerMedian(close.slice(Math.max(0, first - LEVEL), first));
  const later = lowerMedian(close.slice(first, first + LEVEL));
  if (apart(before, usual) > BROKEN && apart(before, later) > BROKEN)
    return { ...dividend, time, yield: dividend.amount / usual, fall: NaN, closeFall: NaN, noise: null };

  let traded = first;
  const last = Math.min(first + BARS_TO_FALL, close.length) - 1;
  while (traded < last && open[traded] === before && close[traded] === before) traded++;
  return {
    ...dividend,
    time,
    yield: dividend.amount / before,
    fall: 1 - Math.min(open[traded]!, close[traded]!) / before,
    closeFall: 1 - close[traded]! / before,
    noise: noiseOf(close, Math.max(0, first - AROUND), Math.min(close.length, first + AROUND), traded),
  };
}

/** The standard deviation of the changes in [from, to) but that of bar `except`; errors and crashes among them do not count. */
function noiseOf(close: readonly number[], from: number, to: number, except: number): number | null {
  const sizes: number[] = [];
  for (let i = from + 1; i < to; i++) if (i !== except) sizes.push(Math.abs(Math.log(close[i]! / close[i - 1]!)));
  if (sizes.length < CHANGES_NEEDED) return null;
  sizes.sort((a, b) => a - b);
  const noise = Math.max(quantile(sizes, 0.5) * PER_MEDIAN, quantile(sizes, 0.75) * PER_UPPER_QUARTILE);
  return noise > 0 ? noise : null;
}

/** What is usual for the dividends of an asset, one of them left out. */
export class Policy {
  /** The dividends to compare with, ascending: without the one that is checked, and without those that prices refute. */
  readonly others: readonly (Paid & { yield: number })[];
  /** Days between its payments, without the one that is checked. */
  readonly usualDays: number | null;
  private readonly gaps: readonly number[];

  constructor(paid: readonly Paid[], i: number, isRefuted: (each: Paid) => boolean) {
    const rest = paid.filter((each, j) => j !== i && !isRefuted(each));
    this.others = rest.filter((each): each is Paid & { yield: number } => each.yield !== null);
    this.gaps = rest.slice(1).map((each, j) => daysBetween(rest[j]!, each));
    this.usualDays = this.gaps.length === 0 ? null : lowerMedian(this.gaps);
  }

  /** Whether most of at least `needed` intervals between payments are equal but for a quarter. */
  isRegular(needed: number): boolean {
    const usual = this.usualDays;
    if (usual === null || this.gaps.length < needed) return false;
    return this.gaps.filter((days) => Math.abs(days / usual - 1) <= 0.25).length >= 0.75 * this.gaps.length;
  }
}

export const daysBetween = (earlier: Paid, later: Paid): number => (later.time - earlier.time) / DAY;
