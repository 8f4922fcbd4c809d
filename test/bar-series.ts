import { emptyColumns, type BarColumns } from '../domain/bar.js';
import { neighbourWarnings } from '../domain/rules/neighbour-rules.js';
import { DAY } from '../domain/timeframe.js';

/** A bar of one series, in tests of neighbour rules. */
export interface SeriesRow {
  close: number;
  open?: number;
  high?: number;
  low?: number;
  volume?: number | null;
  /** Time since the bar before, in bars. Default 1. */
  after?: number;
}

/** Columns of `rows`. By default a bar opens at its close and has a range of 1 %. @param barMs length of a bar, ms */
export function barsOf(rows: SeriesRow[], barMs: number): BarColumns {
  const bars = emptyColumns();
  let time = Date.parse('2026-03-02T00:00:00Z');
  for (const { close, open = close, after = 1, volume = 1_000 + bars.time.length, ...range } of rows) {
    time += after * barMs;
    bars.time.push(time);
    bars.session.push(new Date(time).toISOString().slice(0, 10));
    bars.open.push(open);
    bars.high.push(range.high ?? Math.max(open, close) * 1.005);
    bars.low.push(range.low ?? Math.min(open, close) * 0.995);
    bars.close.push(close);
    bars.volume.push(volume);
  }
  return bars;
}

/** A market that moves by up to 1 % per bar around `level`. */
export const quiet = (count: number, level = 100): SeriesRow[] =>
  Array.from({ length: count }, (_, i) => ({ close: level * (1 + [0, 0.006, -0.003, 0.004, -0.006, 0.002][i % 6]!) }));

/** The warnings as rule and index of the bar: `step 20`. */
export const warningsOf = (rows: SeriesRow[], barMs = DAY): string[] =>
  neighbourWarnings(barsOf(rows, barMs), barMs).map(({ rule, index }) => `${rule} ${index}`);
