import { MINUTE, TIMEFRAME_MS } from '../timeframe.js';
import { isLonger, type SourceBars } from './align-bars.js';
import { mean } from './figures.js';
import type { Finding } from './finding.js';
import { rounded } from './find-level.js';

/** Lags that are tried, in minutes: as far as a wrong time zone or a delayed feed shifts a bar. */
const LONGEST_LAG = 60;
/** A lag must explain this part of the difference; its neighbours, that a trend makes nearly as good, are worse. */
const EXPLAINED = 0.75;
/** Bars whose close differs without a lag: fewer show nothing. */
const DIFFERING_BARS = 15;
const DIFFERING_PART = 0.2;
/** Of the differences, the smaller ones that count. */
const USUAL_PART = 0.9;
/** A part of a session is searched if the whole does not show a shift. */
const WINDOW_BARS = 60;

/** The close of each bar, at the instant of its end. */
interface Closes {
  end: number[];
  close: number[];
}

/**
 * The lag at which the closes of the other source change as those of the source do, if without it they differ four times
 * as much. Closes are prices at an instant, so that bars of different lengths can be compared.
 * @param tick the coarser price step; differences of up to one and a half are none
 */
export function findShift(source: SourceBars, other: SourceBars, { tick }: { tick: number | null }): Finding | null {
  const step = Math.min(TIMEFRAME_MS[source.timeframe], TIMEFRAME_MS[other.timeframe]);
  if (step > LONGEST_LAG * MINUTE) return null;
  // the longer bars are looked up among the shorter ones
  const isReversed = isLonger(other.timeframe, source.timeframe);
  const [coarse, fine] = isReversed ? [other, source] : [source, other];
  const at = closesOf(coarse);
  const fineCloses = closesOf(fine);
  const lookup = new Map(fineCloses.end.map((end, i) => [end, fineCloses.close[i]!]));
  const length = at.end.length;
  const windows: [number, number][] = [[0, length]];
  for (let from = 0; length > WINDOW_BARS && from < length; from += WINDOW_BARS / 4)
    windows.push([from, Math.min(from + WINDOW_BARS, length)]);
  const found: Shift[] = [];
  for (const [from, to] of windows) {
    const part = { end: at.end.slice(from, to), close: at.close.slice(from, to) };
    const shift = bestLag(part, lookup, { step, tick });
    if (shift) found.push({ ...shift, from, to });
    if (shift && to - from === length) break; // all of it
  }
  const best = found.toSorted((a, b) => b.explained - a.explained)[0];
  if (!best) return null;
  const same = found.filter(({ lag }) => lag === best.lag);
  const from = Math.min(...same.map((one) => one.from));
  const to = Math.max(...same.map((one) => one.to));
  return {
    kind: 'shift',
    from: coarse.bars.time[from]!,
    to: coarse.bars.time[to - 1]!,
    bars: to - from,
    evidence: { lagSeconds: (isReversed ? -best.lag : best.lag) / 1_000, explained: rounded(best.explained) },
  };
}

const closesOf = ({ timeframe, bars }: SourceBars): Closes => ({
  end: bars.time.map((time) => time + TIMEFRAME_MS[timeframe]),
  close: bars.close,
});

interface Lag {
  lag: number;
  explained: number;
}
/** By index of the longer bars, the end excluded. */
interface Shift extends Lag {
  from: number;
  to: number;
}

function bestLag(
  coarse: Closes,
  fine: ReadonlyMap<number, number>,
  { step, tick }: { step: number; tick: number | null },
): Lag | null {
  const now = differences(coarse, fine, 0);
  const isFar = (difference: number, i: number) => Math.abs(difference) > (1.5 * (tick ?? 0)) / coarse.close[i]!;
  const differing = now.filter(isFar).length;
  if (differing < DIFFERING_BARS || differing < DIFFERING_PART * now.length) return null;
  const cost = usualSize(now);
  let best: { lag: number; cost: number } = { lag: 0, cost };
  for (let lag = step; lag <= LONGEST_LAG * MINUTE; lag += step)
    for (const signed of [lag, -lag]) {
      const shifted = differences(coarse, fine, signed);
      // a lag leaves out the bars at one end
      if (shifted.length < now.length / 2 || shifted.length < DIFFERING_BARS) continue;
      const its = usualSize(shifted);
      if (its < best.cost) best = { lag: signed, cost: its };
    }
  const explained = 1 - best.cost / cost;
  return best.lag !== 0 && explained >= EXPLAINED ? { lag: best.lag, explained } : null;
}

/** Log of the change of the fine close, a lag later, ÷ that of the coarse close: a level of its own is no shift. */
function differences({ end, close }: Closes, fine: ReadonlyMap<number, number>, lag: number): number[] {
  const logs = end.map((instant, i) => Math.log((fine.get(instant + lag) ?? NaN) / close[i]!));
  return logs.slice(1).flatMap((log, i) => (Number.isNaN(log - logs[i]!) ? [] : [log - logs[i]!]));
}

/** The mean without the largest values: a single step is no shift either. */
function usualSize(values: readonly number[]): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return mean([...sizes.subarray(0, Math.ceil(sizes.length * USUAL_PART))]);
}
