import { type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { areEqual, type TrueBar } from './true-bars.js';

/** What can be wrong with stored bars. Each must be 0. */
export const BAR_FAULTS = ['lost', 'doubled', 'corrupt', 'stale', 'forming'] as const;
type BarFault = (typeof BAR_FAULTS)[number];

/** Something that is wrong: with a bar, a run or a process. */
export interface Finding {
  kind: BarFault | 'runs' | 'exits';
  /** One line that names it. */
  what: string;
}

export interface StoredBar {
  bar: TrueBar;
  /** Market clock when it was fetched, epoch ms. */
  fetchedAt: number;
}

export interface SeriesOfBars {
  symbol: string;
  timeframe: StoredTimeframe;
  /** Of the exchange's feed, ms. */
  delayMs: number;
  stored: StoredBar[];
  /** All bars that are over. */
  truth: TrueBar[];
  /** Those that must be stored by now. Younger ones may still have the values from before a late correction. */
  due: TrueBar[];
  /** The truth before the provider corrected it, by time; empty if it did not. */
  corrected: ReadonlyMap<string, TrueBar>;
}

/** Everything that is wrong with the stored bars of a series. */
export function compareBars({ symbol, timeframe, delayMs, stored, truth, due, corrected }: SeriesOfBars): Finding[] {
  const findings: Finding[] = [];
  const find = (kind: BarFault, time: string) => findings.push({ kind, what: `${symbol} ${timeframe} ${time}` });
  const sizeMs = TIMEFRAME_MS[timeframe];
  const truths = new Map(truth.map((bar) => [bar[0], bar]));
  const dueTimes = new Set(due.map(([time]) => time));
  const seen = new Set<string>();
  for (const { bar, fetchedAt } of stored) {
    const [time] = bar;
    const open = Date.parse(time);
    const right = truths.get(time);
    const before = corrected.get(time);
    if (seen.has(time) || (!right && isCopy(bar, truths.get(iso(Math.floor(open / sizeMs) * sizeMs)))))
      find('doubled', time);
    // a day is over at its exchange's close: a forming day is one that the truth does not have yet
    else if (timeframe !== '1d' ? fetchedAt < open + sizeMs + delayMs : !right) find('forming', time);
    else if (!right) find('corrupt', time);
    else if (dueTimes.has(time) && !areEqual(bar, right))
      find(before && areEqual(bar, before) ? 'stale' : 'corrupt', time);
    seen.add(time);
  }
  for (const [time] of due) if (!seen.has(time)) find('lost', time);
  return findings;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isCopy = (bar: TrueBar, original: TrueBar | undefined): boolean => !!original && areEqual(bar, original);
