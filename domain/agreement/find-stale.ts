import { MINUTE, TIMEFRAME_MS } from '../timeframe.js';
import type { Market, SourceBars } from './align-bars.js';
import { rounded } from './find-level.js';
import type { Finding, Side } from './finding.js';

/** A market may rest for a moment; one venue of several rests longer. */
const SHORTEST_MS = { exchange: 10 * MINUTE, venues: 30 * MINUTE };
/** What shows that the market moved meanwhile: so many changes of the close, if there are bars enough, and such a range. */
const CHANGES = 8;
const RANGE = { ticks: 3, fraction: 0.0005 };

/**
 * A stretch in which one source repeats its last bar, or its last price, while the other one moves: a feed that hangs.
 * @param tick the coarser price step of the two
 * @param market whether both tell of the trades of one exchange
 */
export function findStale(
  source: SourceBars,
  other: SourceBars,
  { tick, market }: { tick: number | null; market: Market },
): Finding | null {
  const ofSide = (side: Side, hanging: SourceBars, moving: SourceBars) =>
    repeats(hanging, SHORTEST_MS[market]).flatMap(({ from, to }): Finding[] => {
      const { bars, timeframe } = hanging;
      const end = bars.time[to]! + TIMEFRAME_MS[timeframe];
      const moved = movesWithin(moving, bars.time[from]!, end);
      const price = bars.close[to]!;
      const range = moved.highest / moved.lowest - 1;
      const mayChange = Math.floor((end - bars.time[from]!) / TIMEFRAME_MS[moving.timeframe]) - 1;
      if (moved.changes < Math.min(CHANGES, mayChange)) return [];
      if (moved.highest - moved.lowest < RANGE.ticks * (tick ?? 0) || range < RANGE.fraction) return [];
      const evidence = { side, price, changes: moved.changes, range: rounded(range) };
      return [{ kind: 'stale', from: bars.time[from]!, to: bars.time[to]!, bars: to - from + 1, evidence }];
    });
  const found = [...ofSide('source', source, other), ...ofSide('other', other, source)];
  return found.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0] ?? null;
}

/** Stretches of consecutive bars that each repeat the one before, long enough; by index, ends included. */
function repeats({ timeframe, bars }: SourceBars, shortestMs: number): { from: number; to: number }[] {
  const { time, open, high, low, close } = bars;
  const doesRepeat = (i: number) => {
    const last = close[i - 1]!;
    const isFlat = high[i] === last && low[i] === last;
    const isSame = close[i] === last && open[i] === open[i - 1] && high[i] === high[i - 1] && low[i] === low[i - 1];
    return isFlat || isSame;
  };
  const step = TIMEFRAME_MS[timeframe];
  const runs: { from: number; to: number }[] = [];
  for (let i = 1; i < time.length; i++) {
    if (!doesRepeat(i)) continue;
    const run = runs.at(-1);
    if (run?.to === i - 1) run.to = i;
    else runs.push({ from: i, to: i });
  }
  return runs.filter(({ from, to }) => time[to]! + step - time[from]! >= Math.max(shortestMs, step));
}

/** How often the close changes over the bars within [from, to), and how far their prices reach. */
function movesWithin({ timeframe, bars }: SourceBars, from: number, to: number) {
  const moved = { changes: 0, highest: -Infinity, lowest: Infinity };
  let before: number | null = null;
  bars.time.forEach((time, i) => {
    if (time < from || time + TIMEFRAME_MS[timeframe] > to) return;
    const close = bars.close[i]!;
    if (before !== null && close !== before) moved.changes++;
    before = close;
    moved.highest = Math.max(moved.highest, bars.high[i]!);
    moved.lowest = Math.min(moved.lowest, bars.low[i]!);
  });
  return moved;
}
