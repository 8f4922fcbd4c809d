import type { BarColumns } from '../bar.js';
import { DAY } from '../timeframe.js';

/** Bars before and after a bar that its warnings depend on. A load reads as many around the bars that it changes. */
export const NEIGHBOURS_BEHIND = 41;
export const NEIGHBOURS_AHEAD = 8;

/** Fewer changes do not show what is usual. */
const CHANGES_NEEDED = 5;
/** The rank, by size, of the neighbouring change to compare with: the two larger ones may be errors themselves. */
const RANK = 3;
/** If the neighbours hardly move, changes are compared with this: 1 % for bars of a day or longer, 0.2 % for shorter ones. */
const MIN_CHANGE = { daily: 0.01, intraday: 0.002 };
/** A longer time without a bar, in bars, is a pause: a halt, a suspended share. */
const PAUSE_BARS = 30;
/** The end of an error is recognised as the way back if the error lasted no more bars than this. */
const EXCURSION_BARS = 3;
/** A price has come back if it is this many times closer than the change (log) was large. */
const TIMES_CLOSER = 3;
/** What three quarters of up to 30 bars do is usual; fewer than ten bars do not show it. */
const USUAL = { share: 0.75, among: 30, atLeast: 10 };

/** Consecutive bars of one series, and what is usual around each. A change is the natural logarithm of close ÷ previous close. */
export class Neighbourhood {
  readonly bars: BarColumns;
  private readonly barMs: number;
  /** NaN for the first bar and after a pause. */
  private readonly changes: Float64Array;

  /** @param barMs nominal length of a bar, ms */
  constructor(bars: BarColumns, barMs: number) {
    this.bars = bars;
    this.barMs = barMs;
    const { close } = bars;
    this.changes = new Float64Array(close.length);
    for (let i = 0; i < close.length; i++) {
      // not the logarithm of the ratio: the largest price divided by the smallest overflows
      this.changes[i] = this.isAfterPause(i) ? NaN : Math.log(close[i]!) - Math.log(close[i - 1]!);
    }
  }

  /** Whether bars last a day or longer. */
  get isDaily(): boolean {
    return this.barMs >= DAY;
  }

  /** Change of bar i; NaN for the first bar and after a pause: an overnight move says nothing about minutes. */
  change(i: number): number {
    return this.changes[i]!;
  }

  /** The third largest change around bar i, without its own, but at least `minChange`; null if too few are known. */
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
      largest.sort(); // only three numbers
    }
    return known < CHANGES_NEEDED ? null : Math.max(largest[0]!, this.minChange);
  }

  get minChange(): number {
    return this.isDaily ? MIN_CHANGE.daily : MIN_CHANGE.intraday;
  }

  /** Whether `price` of bar i, at a `distance` (log) from the previous close, only returns to where prices just were. */
  comesBack(i: number, price: number, distance: number): boolean {
    return this.isNearOne(price, distance, i - 1 - EXCURSION_BARS, i - 1);
  }

  /** Whether the bars after bar i return to the close before it. False as long as there are none. */
  isLeftAgain(i: number): boolean {
    return this.isNearOne(this.bars.close[i - 1]!, this.changes[i]!, i + 1, i + 1 + EXCURSION_BARS);
  }

  /** Whether bar i equals the bar before in all prices and in volume. */
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

  /** Whether `does` holds for most of the bars before bar i, which may itself be a few bars before the checked one. */
  mostBefore(i: number, does: (j: number) => boolean): boolean {
    const from = Math.max(1, i - USUAL.among);
    let count = 0;
    for (let j = from; j < i; j++) if (does(j)) count++;
    return i - from >= USUAL.atLeast && count >= USUAL.share * (i - from);
  }

  /** Whether one of the closes in [from, to) is close to `price`, compared with `distance` (log). */
  private isNearOne(price: number, distance: number, from: number, to: number): boolean {
    const { close } = this.bars;
    for (let j = Math.max(0, from); j < Math.min(close.length, to); j++) {
      if (Math.abs(Math.log(price / close[j]!)) < Math.abs(distance) / TIMES_CLOSER) return true;
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
