import { emptyColumns, type BarColumns } from '../domain/bar.js';
import { neighbourWarnings } from '../domain/rules/neighbour-rules.js';
import { DAY } from '../domain/timeframe.js';

/** Bars of one series as tests of neighbour rules word them. */
export interface NeighbourRow {
  close: number;
  open?: number;
  high?: number;
  low?: number;
  volume?: number | null;
  /** Bars of time since the one before; 1 where not told. */
  after?: number;
}

/** Columns of `rows` in minutes or days; a bar opens at its close and has a range of 1 % where not told. */
export function barsOf(rows: NeighbourRow[], barMs: number): BarColumns {
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

/** A market that moves by up to 1 % a bar around `level`. */
export const quiet = (count: number, level = 100): NeighbourRow[] =>
  Array.from({ length: count }, (_, i) => ({ close: level * (1 + [0, 0.006, -0.003, 0.004, -0.006, 0.002][i % 6]!) }));

/** Rules and their bars, as positions: `step 20`. */
export const told = (rows: NeighbourRow[], barMs = DAY): string[] =>
  neighbourWarnings(barsOf(rows, barMs), barMs).map(({ rule, index }) => `${rule} ${index}`);
