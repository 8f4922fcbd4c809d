import type { BarColumns } from '../bar.js';
import { DAY } from '../timeframe.js';

/** The reach: bars before and after a bar that its verdict depends on. Together what a load reads around changed bars. */
export const NEIGHBOURS_BEHIND = 41;
export const NEIGHBOURS_AHEAD = 8;

/** Fewer changes than these tell nothing about what is usual. */
const CHANGES_NEEDED = 5;
/** Which of the neighbours' changes, by size, is taken for their largest: two may themselves be errors. */
const RANK = 3;
/** Where neighbours hardly move, changes are measured against this instead: 1 % a day or longer, 0.2 % within one. */
const LEAST_CHANGE = { daily: 0.01, intraday: 0.002 };
/** A longer time without a bar than this many bars is a pause: a halt, lunch, a suspended share. */
const PAUSE_BARS = 30;
/** How many bars an error lasts at most for its end to be known as the way back. */
const EXCURSION_BARS = 3;
/** What three quarters of up to 30 bars do, is usual; fewer than ten tell nothing. */
const USUAL = { share: 0.75, among: 30, atLeast: 10 };

/** Consecutive bars of one series, and what is usual around each. Changes are natural logarithms of close ÷ close before. */
export class Neighbourhood {
  readonly bars: BarColumns;
  private readonly barMs: number;
  /** NaN for the first bar and after a pause. */
  private readonly changes: Float64Array;

  /** @param barMs nominal length of a bar */
  constructor(bars: BarColumns, barMs: number) {
    this.bars = bars;
    this.barMs = barMs;
    const { close } = bars;
    this.changes = new Float64Array(close.length);
    for (let i = 0; i < close.length; i++) {
      // not the logarithm of the ratio: that of the largest price to the smallest is infinite
      this.changes[i] = this.isAfterPause(i) ? NaN : Math.log(close[i]!) - Math.log(close[i - 1]!);
    }
  }

  /** A bar of a day or longer. */
  get isDaily(): boolean {
    return this.barMs >= DAY;
  }

  /** Change of bar i; NaN for the first one and after a pause: what happens overnight says nothing about minutes. */
  change(i: number): number {
    return this.changes[i]!;
  }

  /** The third largest change around bar i, its own left out, or the least that counts; null where too few are known. */
  usualChange(i: number): number | null {
    const largest = new Float64Array(RANK);
    let known = 0;
    for (
      let j = Math.max(1, i - NEIGHBOURS_BEHIND + 1);
      j <= Math.min(this.changes.length - 1, i + NEIGHBOURS_AHEAD);
      j++
    ) {
      const size = Math.abs(this.changes[j]!);
      if (j === i || Number.isNaN(size)) continue;
      known++;
      if (size <= largest[0]!) continue;
      largest[0] = size;
      largest.sort(); // three numbers
    }
    return known < CHANGES_NEEDED ? null : Math.max(largest[0]!, this.leastChange);
  }

  get leastChange(): number {
    return this.isDaily ? LEAST_CHANGE.daily : LEAST_CHANGE.intraday;
  }

  /** Whether `price` of bar i, which lies `distance` (log) from the close before, only comes back to where prices just were. */
  comesBack(i: number, price: number, distance: number): boolean {
    return this.isNearOne(price, distance, i - 1 - EXCURSION_BARS, i - 1);
  }

  /** Whether the bars after bar i come back to the close before it. False while they are not there yet. */
  isLeftAgain(i: number): boolean {
    return this.isNearOne(this.bars.close[i - 1]!, this.changes[i]!, i + 1, i + 1 + EXCURSION_BARS);
  }

  /** Whether bar i is equal to the one before, in prices and in volume. */
  repeats(i: number): boolean {
    if (i < 1) return false;
    const { open, high, low, close, volume } = this.bars;
    const j = i - 1;
    return (
      close[i] === close[j] &&
      volume[i] === volume[j] &&
      open[i] === open[j] &&
      high[i] === high[j] &&
      low[i] === low[j]
    );
  }

  isFlatWithoutVolume(i: number): boolean {
    if (i < 0) return false;
    const { open, high, low, close, volume } = this.bars;
    return volume[i] === 0 && high[i] === low[i] && open[i] === high[i] && close[i] === high[i];
  }

  /** Whether most of the bars before bar i, which may itself lie a few before the one that is judged, do something. */
  mostBefore(i: number, does: (j: number) => boolean): boolean {
    const from = Math.max(1, i - USUAL.among);
    let count = 0;
    for (let j = from; j < i; j++) if (does(j)) count++;
    return i - from >= USUAL.atLeast && count >= USUAL.share * (i - from);
  }

  /** Whether one of the closes in [from, to) is within a third of `distance` of `price`. */
  private isNearOne(price: number, distance: number, from: number, to: number): boolean {
    const { close } = this.bars;
    for (let j = Math.max(0, from); j < Math.min(close.length, to); j++) {
      if (Math.abs(Math.log(price / close[j]!)) < Math.abs(distance) / 3) return true;
    }
    return false;
  }

  private isAfterPause(i: number): boolean {
    if (i === 0) return true;
    const { time, session } = this.bars;
    const gap = time[i]! - time[i - 1]!;
    if (gap > PAUSE_BARS * this.barMs) return true;
    return !this.isDaily && gap > this.barMs && session[i] !== session[i - 1];
  }
}
